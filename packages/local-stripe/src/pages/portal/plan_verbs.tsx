import type { VNode } from "preact";
import {
  dropScheduledChange,
  keepSubscription,
  resumeSubscription,
} from "../../billing/subscription_actions.ts";
import { formatMoney } from "../../money.ts";
import {
  refusalFor,
  type SubscriptionFlow,
} from "../../resources/portal_flow_checks.ts";
import { INVOICE } from "../../store/schema.ts";
import { type ActionResult, runAction } from "../action_result.ts";
import { BankPage } from "../bank_page.tsx";
import { ChoiceList, ConfirmForm } from "./change_forms.tsx";
import { cancelPlan, pausePlan, payOpenInvoice } from "./plan_actions.ts";
import { changePlan, costOf, readChange } from "./plan_change.ts";
import { CancelForm, PauseForm } from "./plan_forms.tsx";
import { type Plan, readChoices, readPlan } from "./plans.ts";
import type { PortalSession } from "./portal_session.ts";

/** A page about a plan. */
export interface PlanPage {
  title: string;
  content: VNode;
}

/** A request to `/plans/<id>/<verb>`; `error` is the message of a refused form. */
interface PlanRequest {
  portal: PortalSession;
  plan: Plan;
  /** The query of a GET, the form of a POST. */
  params: URLSearchParams;
  error: string | null;
}

/** An action that a customer can take on a plan. */
interface PlanVerb {
  /** Reports whether the configuration and the subscription allow it. */
  may(portal: PortalSession, plan: Plan): boolean;
  /** Types of the deep links to which its page belongs; the first one begins with it. */
  flows?: SubscriptionFlow[];
  /** Its page; `null` if the parameters are invalid. */
  show?(request: PlanRequest): Promise<PlanPage | null> | PlanPage;
  /** Its form's action; `null` if the parameters are invalid. */
  act?(request: PlanRequest): Promise<ActionResult | null>;
}

export const PLAN_VERBS = {
  change: {
    may: ({ configuration }, { subscription }) => {
      const { default_allowed_updates: allowed, enabled } =
        configuration.features.subscription_update;
      return enabled && allowed.includes("price") &&
        subscription.cancel_at === null &&
        refusalFor("subscription_update", subscription) === null;
    },
    flows: ["subscription_update"],
    async show(request) {
      const choices = await readChoices(request.portal, request.plan);
      const content = <ChoiceList {...request} choices={choices} />;
      return { title: "Change plan", content };
    },
  },
  confirm: {
    may: ({ configuration }, { subscription }) =>
      configuration.features.subscription_update.enabled &&
      subscription.cancel_at === null &&
      refusalFor("subscription_update_confirm", subscription) === null,
    flows: ["subscription_update_confirm", "subscription_update"],
    async show(request) {
      const { params, plan, portal } = request;
      const change = await readChange(portal, plan, params);
      if (change === null) return null;
      const cost = await costOf(portal, plan, change);
      const content = <ConfirmForm {...request} change={change} cost={cost} />;
      return { title: "Confirm", content };
    },
    async act({ params, plan, portal }) {
      const change = await readChange(portal, plan, params);
      return change && await changePlan(portal, plan, change);
    },
  },
  cancel: {
    may: ({ configuration }, { subscription }) =>
      configuration.features.subscription_cancel.enabled &&
      refusalFor("subscription_cancel", subscription) === null,
    flows: ["subscription_cancel"],
    show: (request) => ({
      title: "Cancel",
      content: <CancelForm {...request} />,
    }),
    act: ({ params, plan, portal }) => cancelPlan(portal, plan, params),
  },
  pause: {
    may: ({ configuration }, { subscription }) =>
      (configuration.features.subscription_pause?.enabled ?? false) &&
      refusalFor("subscription_pause", subscription) === null,
    flows: ["subscription_pause"],
    show: (request) => ({
      title: "Pause",
      content: <PauseForm {...request} />,
    }),
    act: ({ params, plan, portal }) => pausePlan(portal, plan, params),
  },
  /** Withdraws a cancellation at the period's end. */
  keep: {
    may: ({ configuration }, { subscription }) =>
      configuration.features.subscription_cancel.enabled &&
      subscription.cancel_at !== null,
    act: ({ plan: { subscription: { id } }, portal: { context } }) =>
      runAction("kept", () => keepSubscription(context, id)),
  },
  /** Withdraws a change scheduled for the period's end. */
  drop: {
    may: ({ configuration }, { next }) =>
      configuration.features.subscription_update.enabled && next !== null,
    act: ({ plan: { subscription: { id } }, portal: { context } }) =>
      runAction("dropped", () => dropScheduledChange(context, id)),
  },
  resume: {
    may: ({ configuration }, { subscription }) =>
      (configuration.features.subscription_pause?.enabled ?? false) &&
      subscription.status === "paused",
    act: ({ plan: { subscription: { id } }, portal: { context } }) =>
      runAction(
        "resumed",
        () => resumeSubscription(context, { subscription: id }),
      ),
  },
} satisfies Record<string, PlanVerb>;

const PLAN_PATH = /^\/plans\/(sub_\w{1,100})\/(\w+)$/;

function parsePath(path: string): { id: string; verb?: PlanVerb } {
  const [, id = "", name = ""] = PLAN_PATH.exec(path) ?? [];
  return Object.hasOwn(PLAN_VERBS, name)
    ? { id, verb: PLAN_VERBS[name as keyof typeof PLAN_VERBS] }
    : { id };
}

/** Reports whether a path belongs to the session's deep link: its type and its subscription. */
export function belongsToFlow(portal: PortalSession, path: string): boolean {
  const { flow } = portal.session;
  const { id, verb } = parsePath(path);
  return flow !== null && id !== "" && id === flowSubscription(portal) &&
    (verb?.flows?.some((type) => type === flow.type) ?? false);
}

function flowSubscription({ session: { flow } }: PortalSession): string | null {
  const target = flow?.subscription_cancel ?? flow?.subscription_pause ??
    flow?.subscription_update ?? flow?.subscription_update_confirm;
  return target?.subscription ?? null;
}

/** The first page of a deep link about a subscription; `null` if it is no longer possible. */
export async function showFirstPage(
  portal: PortalSession,
): Promise<PlanPage | null> {
  const { flow } = portal.session;
  const id = flowSubscription(portal);
  if (flow === null || id === null) return null;
  const verbs = Object.entries<PlanVerb>(PLAN_VERBS);
  const [name] = verbs.find(([, { flows }]) => flows?.[0] === flow.type) ?? [];
  const item = flow.subscription_update_confirm?.items[0];
  const query = new URLSearchParams({
    ...(item?.price && { price: item.price }),
    ...(item?.quantity && { quantity: String(item.quantity) }),
  });
  return await showPlan(portal, `/plans/${id}/${name}`, query);
}

/** The page at a path below `/plans`; `null` if it is unknown or not allowed. */
export async function showPlan(
  portal: PortalSession,
  path: string,
  params: URLSearchParams,
  error: string | null = null,
): Promise<PlanPage | null> {
  const { id, verb } = parsePath(path);
  const plan = id === "" ? null : await readPlan(portal, id);
  if (plan === null || !verb?.show || !verb.may(portal, plan)) return null;
  return await verb.show({ portal, plan, params, error });
}

/** The result of a form: the key of a notice, or a page, with an error if it was refused. */
export type PlanAnswer =
  | { done: string }
  | { page: PlanPage; status: 200 | 422 };

const PAY_PATH = /^\/invoices\/(in_\w{1,100})\/pay$/;

/** Handles a form about a plan or an open invoice; `null` for an invalid one. */
export async function actOnPlan(
  portal: PortalSession,
  path: string,
  form: URLSearchParams,
): Promise<PlanAnswer | null> {
  const [, invoice] = PAY_PATH.exec(path) ?? [];
  if (invoice !== undefined) return await payInvoice(portal, invoice, form);
  const { id, verb } = parsePath(path);
  const plan = id === "" ? null : await readPlan(portal, id);
  if (plan === null) return null;
  const result = form.get("outcome") === "fail"
    ? NOT_AUTHENTICATED
    : await runVerb(verb, { portal, plan, params: form, error: null });
  if (result === null) return null;
  if (result.is === "done") return { done: result.notice };
  if (result.is === "authenticate") return askBank(portal, path, form);
  const page = await showPlan(portal, path, form, result.message);
  return page === null ? { done: "refused" } : { page, status: 422 };
}

const NOT_AUTHENTICATED: ActionResult = {
  is: "refused",
  message: "Your bank could not verify the payment. No changes were made.",
};

async function runVerb(
  verb: PlanVerb | undefined,
  request: PlanRequest,
): Promise<ActionResult | null> {
  if (!verb?.act || !verb.may(request.portal, request.plan)) return null;
  return await verb.act(request);
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
  const result = await payOpenInvoice(portal, id, { authenticated });
  if (result.is === "done") return { done: result.notice };
  if (result.is === "refused") return { done: "unpaid" };
  const { amount_remaining: minor, currency } = stored.object;
  const amount = formatMoney(minor, currency, portal.locale);
  return askBank(portal, `/invoices/${id}/pay`, form, amount);
}

/** The bank's page, whose form repeats the refused one. */
function askBank(
  portal: PortalSession,
  path: string,
  form: URLSearchParams,
  amount = "your plan change",
): PlanAnswer {
  const content = (
    <BankPage
      action={`${portal.base}${path}`}
      card="your card"
      amount={amount}
      backUrl={portal.base}
      fields={[...form].filter(([name]) => name !== "outcome")}
    />
  );
  return { page: { title: "Verify your payment", content }, status: 200 };
}
