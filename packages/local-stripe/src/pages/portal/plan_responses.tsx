import { customerNow } from "../../billing/subscription_actions.ts";
import { INVOICE } from "../../store/schema.ts";
import { valueOf } from "../card_entry.ts";
import { BankPage } from "../checkout/checkout_states.tsx";
import { formatMoney } from "../../money.ts";
import type { PortalSession } from "./portal_session.ts";
import {
  cancelPlan,
  changePlan,
  dropChange,
  keepPlan,
  pausePlan,
  payOpen,
  type Result,
  resumePlan,
} from "./plan_actions.ts";
import {
  PLAN_PATH,
  type PlanPage,
  readWanted,
  showPlan,
} from "./plan_pages.tsx";
import { may, type Plan, readPlan } from "./plans.ts";

/** What a form about a plan led to. */
export type PlanAnswer = { done: string } | { page: PlanPage };

const PAY = /^\/invoices\/(in_\w{1,100})\/pay$/;

/** Answers a form about a plan or an open invoice; `null` for one that may not be sent. */
export async function actOnPlan(
  portal: PortalSession,
  rest: string,
  form: URLSearchParams,
): Promise<PlanAnswer | null> {
  const [, invoice] = PAY.exec(rest) ?? [];
  if (invoice !== undefined) return await payInvoice(portal, invoice, form);
  const [, id = "", verb = ""] = PLAN_PATH.exec(rest) ?? [];
  const plan = id === "" ? null : await readPlan(portal, id);
  if (plan === null) return null;
  const result = form.get("outcome") === "fail"
    ? REFUSED_BY_OWNER
    : await resultOf(portal, plan, { verb, form });
  if (result === null) return null;
  if (result.is === "done") return { done: result.word };
  if (result.is === "asks") return { page: bankPage(portal, rest, form) };
  const page = await showPlan(portal, rest, form, result.message);
  return page === null ? { done: "refused" } : { page };
}

const REFUSED_BY_OWNER: Result = {
  is: "refused",
  message: "Your bank did not confirm that it is you. Nothing was changed.",
};

async function resultOf(
  portal: PortalSession,
  plan: Plan,
  { verb, form }: { verb: string; form: URLSearchParams },
): Promise<Result | null> {
  const { features } = portal.configuration;
  const { cancel_at: end, status } = plan.subscription;
  switch (verb) {
    case "cancel":
      return may(portal, "subscription_cancel", plan)
        ? await cancelPlan(portal, plan, form)
        : null;
    case "confirm": {
      if (!may(portal, "subscription_update_confirm", plan)) return null;
      const wanted = await readWanted(portal, plan, form);
      return wanted && await changePlan(portal, plan, wanted);
    }
    case "keep":
      return features.subscription_cancel.enabled && end !== null
        ? await keepPlan(portal, plan)
        : null;
    case "drop":
      return features.subscription_update.enabled && plan.next !== null
        ? await dropChange(portal, plan)
        : null;
    case "pause": {
      if (!may(portal, "subscription_pause", plan)) return null;
      const nowSec = await customerNow(portal.context, portal.customer.id);
      return await pausePlan(portal, plan, {
        option: valueOf(form, "option"),
        nowSec,
      });
    }
    case "resume":
      return features.subscription_pause?.enabled && status === "paused"
        ? await resumePlan(portal, plan)
        : null;
    default:
      return null;
  }
}

async function payInvoice(
  portal: PortalSession,
  id: string,
  form: URLSearchParams,
): Promise<PlanAnswer | null> {
  const stored = await portal.context.store.get(INVOICE, id);
  if (stored?.object.customer !== portal.customer.id) return null;
  if (form.get("outcome") === "fail") return { done: "unconfirmed" };
  const authenticated = form.get("outcome") === "complete";
  const result = await payOpen(portal, id, { authenticated });
  if (result.is === "done") return { done: result.word };
  if (result.is === "refused") return { done: "unpaid" };
  const { amount_remaining: amount, currency } = stored.object;
  const words = formatMoney(amount, currency, portal.locale);
  return { page: bankPage(portal, `/invoices/${id}/pay`, form, words) };
}

function bankPage(
  portal: PortalSession,
  rest: string,
  form: URLSearchParams,
  amount = "the change",
): PlanPage {
  const kept = [...form].filter(([name]) => name !== "outcome");
  const content = (
    <BankPage
      action={`${portal.base}${rest}`}
      card="your card"
      amount={amount}
      backUrl={portal.base}
      fields={kept}
    />
  );
  return { title: "Your bank asks", content };
}
