import type { ApiInvoice } from "../../api/api_types.ts";
import { ApiError } from "../../api/errors.ts";
import type { ProrationBehavior } from "../../billing/item_updates.ts";
import { noneUpcoming } from "../../billing/preview.ts";
import {
  changeSubscription,
  previewChange,
  scheduleChange,
} from "../../billing/subscription_actions.ts";
import { type ActionResult, runAction } from "../action_result.ts";
import { valueOf } from "../forms.tsx";
import { type Choice, intervalDays, type Plan, readChoices } from "./plans.ts";
import type { PortalSession } from "./portal_session.ts";

/** A change of a plan to another price or quantity. */
export interface PlanChange {
  choice: Choice;
  quantity: number;
  /** The card's bank has just authenticated the cardholder. */
  authenticated: boolean;
}

/** Reads the change from a form or a query; `null` unless it is a change that is on offer. */
export async function readChange(
  portal: PortalSession,
  plan: Plan,
  params: URLSearchParams,
): Promise<PlanChange | null> {
  const choices = await readChoices(portal, plan);
  const priceId = valueOf(params, "price") || plan.price.id;
  const choice = choices.find(({ price }) => price.id === priceId);
  const { default_allowed_updates: allowed } =
    portal.configuration.features.subscription_update;
  const entered = valueOf(params, "quantity");
  const quantity =
    allowed.includes("quantity") && /^[1-9]\d{0,5}$/.test(entered)
      ? Number(entered)
      : plan.quantity;
  if (choice === undefined) return null;
  if (choice.isCurrent && quantity === plan.quantity) return null;
  const authenticated = params.get("outcome") === "complete";
  return { choice, quantity, authenticated };
}

/** Changes a plan at once, or at the end of its period if the configuration says so. */
export async function changePlan(
  portal: PortalSession,
  plan: Plan,
  change: PlanChange,
): Promise<ActionResult> {
  const { id: subscription } = plan.subscription;
  const { choice: { price }, quantity } = change;
  if (waitsForPeriodEnd(portal, plan, change)) {
    const items = [{ price: price.id, quantity }];
    return await runAction(
      "scheduled",
      () => scheduleChange(portal.context, { subscription, items }),
    );
  }
  return await runAction("changed", () =>
    changeSubscription(portal.context, {
      ...toItemUpdate(portal, plan, change),
      authenticated: change.authenticated,
      endTrial: endsTrial(portal, plan),
      // A failed payment leaves the plan as it was.
      paymentBehavior: "error_if_incomplete",
      subscription,
    }));
}

/** The cost of a change. */
export interface ChangeCost {
  /** "later": it waits for the period's end. "trial": it ends the trial. */
  when: "now" | "next" | "later" | "trial" | "nothing";
  /** The invoice, for "now" and "next". */
  preview: ApiInvoice | null;
  /** When the next regular payment is due or, for "later", when the change happens. */
  atSec: number;
}

export async function costOf(
  portal: PortalSession,
  plan: Plan,
  change: PlanChange,
): Promise<ChangeCost> {
  const ends = plan.subscription.items.data.map((item) =>
    item.current_period_end
  );
  const atSec = Math.min(...ends);
  if (waitsForPeriodEnd(portal, plan, change)) {
    return { when: "later", preview: null, atSec: Math.max(...ends) };
  }
  if (endsTrial(portal, plan)) return { when: "trial", preview: null, atSec };
  const update = toItemUpdate(portal, plan, change);
  const preview = await readPreview(portal, plan, update);
  if (preview?.billing_reason === "subscription_update") {
    const periodEnds = preview.lines.data.map(({ period }) => period.end);
    return { when: "now", preview, atSec: Math.max(...periodEnds) };
  }
  return update.prorationBehavior === "none" || preview === null
    ? { when: "nothing", preview: null, atSec }
    : { when: "next", preview, atSec };
}

async function readPreview(
  portal: PortalSession,
  { subscription: { id } }: Plan,
  update: ReturnType<typeof toItemUpdate>,
): Promise<ApiInvoice | null> {
  try {
    return await previewChange(portal.context, { ...update, subscription: id });
  } catch (error) {
    const { code } = noneUpcoming().body;
    if (error instanceof ApiError && error.body.code === code) return null;
    throw error;
  }
}

function toItemUpdate(
  portal: PortalSession,
  plan: Plan,
  { choice: { price }, quantity }: PlanChange,
) {
  const { billing_cycle_anchor: anchor, proration_behavior } =
    portal.configuration.features.subscription_update;
  const item = plan.subscription.items.data[0]?.id ?? "";
  return {
    anchorNow: anchor === "now",
    items: [{ id: item, price: price.id, quantity }],
    // The API validated it when the configuration was written.
    prorationBehavior: proration_behavior as ProrationBehavior,
  };
}

function endsTrial(portal: PortalSession, { subscription }: Plan): boolean {
  const { trial_update_behavior: behavior } =
    portal.configuration.features.subscription_update;
  return subscription.status === "trialing" && behavior === "end_trial";
}

/** Applies the configuration's `schedule_at_period_end` conditions. */
function waitsForPeriodEnd(
  portal: PortalSession,
  { price: old, quantity, subscription }: Plan,
  change: PlanChange,
): boolean {
  if (subscription.status === "trialing") return false;
  const { price } = change.choice;
  const cost = (priced: Plan["price"]) => Number(priced.unit_amount_decimal);
  const met = {
    decreasing_item_amount:
      cost(price) * change.quantity < cost(old) * quantity,
    shortening_interval: intervalDays(price) < intervalDays(old),
  };
  const { conditions } =
    portal.configuration.features.subscription_update.schedule_at_period_end;
  return conditions.some(({ type }) =>
    type in met && met[type as keyof typeof met]
  );
}
