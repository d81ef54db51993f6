import type { VNode } from "preact";
import { previewChange } from "../../billing/subscription_actions.ts";
import { noneUpcoming } from "../../billing/preview.ts";
import { ApiError } from "../../api/errors.ts";
import type { SubscriptionFlow } from "../../resources/portal_flow_checks.ts";
import type { ApiInvoice } from "../../api/api_types.ts";
import { valueOf } from "../card_entry.ts";
import type { PortalSession } from "./portal_session.ts";
import { ChangePage, ConfirmPage, type Cost } from "./change_pages.tsx";
import { CancelPage, PausePage } from "./cancel_pages.tsx";
import {
  endsTrial,
  isLater,
  itemUpdateOf,
  type Wanted,
} from "./plan_actions.ts";
import { may, type Plan, readChoices, readPlan } from "./plans.ts";

/** A page of the portal that is about a plan. */
export interface PlanPage {
  title: string;
  content: VNode;
  status?: number;
}

/** `/plans/<id>/<what>` */
export const PLAN_PATH = /^\/plans\/(sub_\w{1,100})\/(\w+)$/;

/** Which sort of deep link a page belongs to. */
const FLOW_OF: Record<string, SubscriptionFlow> = {
  cancel: "subscription_cancel",
  change: "subscription_update",
  confirm: "subscription_update_confirm",
  pause: "subscription_pause",
};

/** Whether a path is a step of a deep link of this sort, about this very subscription. */
export function belongsTo(portal: PortalSession, rest: string): boolean {
  const { flow } = portal.session;
  const [, id = "", verb = ""] = PLAN_PATH.exec(rest) ?? [];
  if (flow === null || subscriptionOf(portal) !== id) return false;
  if (flow.type === "subscription_update") {
    return verb === "change" || verb === "confirm";
  }
  return FLOW_OF[verb] === flow.type;
}

function subscriptionOf({ session: { flow } }: PortalSession): string | null {
  const slot = flow?.subscription_cancel ?? flow?.subscription_pause ??
    flow?.subscription_update ?? flow?.subscription_update_confirm;
  return slot?.subscription ?? null;
}

/** The first page of a deep link about a subscription; `null` where that is past already. */
export async function showPlanFlow(
  portal: PortalSession,
): Promise<PlanPage | null> {
  const { flow } = portal.session;
  const id = subscriptionOf(portal);
  if (flow === null || id === null) return null;
  const verb = Object.keys(FLOW_OF).find((one) => FLOW_OF[one] === flow.type);
  const item = flow.subscription_update_confirm?.items[0];
  const query = new URLSearchParams({
    ...(item?.price && { price: item.price }),
    ...(item?.quantity && { quantity: String(item.quantity) }),
  });
  return await showPlan(portal, `/plans/${id}/${verb}`, query);
}

/** A page about a plan; `null` where there is none, or it may not be. */
export async function showPlan(
  portal: PortalSession,
  rest: string,
  query: URLSearchParams,
  error: string | null = null,
): Promise<PlanPage | null> {
  const [, id = "", verb = ""] = PLAN_PATH.exec(rest) ?? [];
  const plan = id === "" ? null : await readPlan(portal, id);
  const type = FLOW_OF[verb];
  if (plan === null || type === undefined || !may(portal, type, plan)) {
    return null;
  }
  const shown = { portal, plan, error };
  const status = error === null ? 200 : 422;
  switch (verb) {
    case "cancel":
      return { title: "Cancel", content: <CancelPage {...shown} />, status };
    case "pause":
      return { title: "Pause", content: <PausePage {...shown} />, status };
    case "change": {
      const choices = await readChoices(portal, plan);
      const content = <ChangePage {...shown} choices={choices} />;
      return { title: "Change plan", content, status };
    }
    default:
      return await confirmPage(shown, query, status);
  }
}

async function confirmPage(
  shown: { portal: PortalSession; plan: Plan; error: string | null },
  query: URLSearchParams,
  status: number,
): Promise<PlanPage | null> {
  const { portal, plan } = shown;
  const wanted = await readWanted(portal, plan, query);
  if (wanted === null) return null;
  const cost = await costOf(portal, plan, wanted);
  const content = <ConfirmPage {...shown} {...wanted} cost={cost} />;
  return { title: "Confirm", content, status };
}

// A price that is not on offer cannot be wished for, whatever the address says.
/** The change that a form or an address asks for; `null` for none that is on offer. */
export async function readWanted(
  portal: PortalSession,
  plan: Plan,
  given: URLSearchParams,
): Promise<Wanted | null> {
  const choices = await readChoices(portal, plan);
  const priceId = valueOf(given, "price") || plan.price.id;
  const choice = choices.find(({ price }) => price.id === priceId);
  const { default_allowed_updates: allowed } =
    portal.configuration.features.subscription_update;
  const typed = valueOf(given, "quantity");
  const quantity = allowed.includes("quantity") && /^[1-9]\d{0,5}$/.test(typed)
    ? Number(typed)
    : plan.quantity;
  if (choice === undefined) return null;
  if (choice.isCurrent && quantity === plan.quantity) return null;
  const authenticated = given.get("outcome") === "complete";
  return { choice, quantity, authenticated };
}

async function costOf(
  portal: PortalSession,
  plan: Plan,
  wanted: Wanted,
): Promise<Cost> {
  const ends = plan.subscription.items.data.map((item) =>
    item.current_period_end
  );
  const atSec = Math.min(...ends);
  if (isLater(portal, plan, wanted)) {
    return { when: "later", preview: null, atSec: Math.max(...ends) };
  }
  if (endsTrial(portal, plan)) return { when: "trial", preview: null, atSec };
  const wish = itemUpdateOf(portal, plan, wanted);
  const preview = await previewOf(portal, plan, wish);
  if (preview?.billing_reason === "subscription_update") {
    const periodEnds = preview.lines.data.map(({ period }) => period.end);
    return { when: "now", preview, atSec: Math.max(...periodEnds) };
  }
  return wish.prorationBehavior === "none" || preview === null
    ? { when: "nothing", preview: null, atSec }
    : { when: "next", preview, atSec };
}

async function previewOf(
  portal: PortalSession,
  { subscription: { id } }: Plan,
  wish: ReturnType<typeof itemUpdateOf>,
): Promise<ApiInvoice | null> {
  try {
    return await previewChange(portal.context, { ...wish, subscription: id });
  } catch (error) {
    const { code } = noneUpcoming().body;
    if (error instanceof ApiError && error.body.code === code) return null;
    throw error;
  }
}
