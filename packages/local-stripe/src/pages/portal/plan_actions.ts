import {
  cancelSubscription,
  changeSubscription,
  dropScheduledChange,
  keepSubscription,
  pauseSubscription,
  resumeSubscription,
  scheduleChange,
  withCustomer,
} from "../../billing/subscription_actions.ts";
import type { ProrationBehavior } from "../../billing/item_updates.ts";
import type { Attempt } from "../../billing/payment_collection.ts";
import { charge } from "../../billing/invoice_settlement.ts";
import { boundary } from "../../billing/periods.ts";
import { ApiError } from "../../api/errors.ts";
import { INVOICE } from "../../store/schema.ts";
import { valueOf } from "../card_entry.ts";
import type { PortalSession } from "./portal_session.ts";
import { type Choice, daysOf, type Plan } from "./plans.ts";

/** What an action led to; `asks`: the card's bank wants to hear from its owner first. */
export type Result =
  | { is: "done"; word: string }
  | { is: "asks" }
  | { is: "refused"; message: string };

/** Another price, and another quantity where that is allowed. */
export interface Wanted {
  choice: Choice;
  quantity: number;
  /** The card's owner has just confirmed the payment. */
  authenticated: boolean;
}

/** Changes a plan as the configuration says: at once, or when the period ends. */
export async function changePlan(
  portal: PortalSession,
  plan: Plan,
  wanted: Wanted,
): Promise<Result> {
  const { id: subscription } = plan.subscription;
  const { choice: { price }, quantity } = wanted;
  if (isLater(portal, plan, wanted)) {
    const items = [{ price: price.id, quantity }];
    return await tried(
      "scheduled",
      () => scheduleChange(portal.context, { subscription, items }),
    );
  }
  return await tried("changed", () =>
    changeSubscription(portal.context, {
      ...itemUpdateOf(portal, plan, wanted),
      authenticated: wanted.authenticated,
      endTrial: endsTrial(portal, plan),
      // A change that is not paid for is not made.
      paymentBehavior: "error_if_incomplete",
      subscription,
    }));
}

/** The change as billing knows it, for the change itself and for its preview. */
export function itemUpdateOf(
  portal: PortalSession,
  plan: Plan,
  wanted: Wanted,
) {
  const { features } = portal.configuration;
  const { billing_cycle_anchor: anchor, proration_behavior: prorates } =
    features.subscription_update;
  const { choice: { price }, quantity } = wanted;
  const item = plan.subscription.items.data[0]?.id ?? "";
  return {
    anchorNow: anchor === "now",
    items: [{ id: item, price: price.id, quantity }],
    // The API took no other word than billing's own.
    prorationBehavior: prorates as ProrationBehavior,
  };
}

/** Whether a trial is over as soon as the plan is changed. */
export function endsTrial(
  portal: PortalSession,
  { subscription }: Plan,
): boolean {
  const { trial_update_behavior: behavior } =
    portal.configuration.features.subscription_update;
  return subscription.status === "trialing" && behavior === "end_trial";
}

/** Whether the configuration wants this change to wait for the period's end. */
export function isLater(
  portal: PortalSession,
  { price: old, quantity, subscription }: Plan,
  wanted: Pick<Wanted, "choice" | "quantity">,
): boolean {
  if (subscription.status === "trialing") return false;
  const { price } = wanted.choice;
  const cost = (one: Plan["price"]) => Number(one.unit_amount_decimal);
  const { conditions } =
    portal.configuration.features.subscription_update.schedule_at_period_end;
  const holds = {
    decreasing_item_amount:
      cost(price) * wanted.quantity < cost(old) * quantity,
    shortening_interval: daysOf(price) < daysOf(old),
  };
  return conditions.some(({ type }) =>
    type in holds && holds[type as keyof typeof holds]
  );
}

/** Ends a plan as the configuration says: now, or when its period does. */
export function cancelPlan(
  portal: PortalSession,
  { subscription: { id } }: Plan,
  form: URLSearchParams,
): Promise<Result> {
  const { cancellation_reason: reasons, mode, proration_behavior: prorates } =
    portal.configuration.features.subscription_cancel;
  const feedback = reasons.options.find((one) =>
    one === valueOf(form, "reason")
  );
  const comment = valueOf(form, "comment").slice(0, 500);
  const now = mode === "immediately";
  return tried(
    now ? "ended" : "canceled",
    () =>
      cancelSubscription(portal.context, {
        subscription: id,
        at: now ? "now" : "period_end",
        prorate: prorates === "create_prorations",
        ...(reasons.enabled && feedback && { feedback }),
        ...(reasons.enabled && comment && { comment }),
      }),
  );
}

/** Takes a planned end back. */
export function keepPlan(portal: PortalSession, plan: Plan): Promise<Result> {
  const { id } = plan.subscription;
  return tried("kept", () => keepSubscription(portal.context, id));
}

/** Gives up a change that waits for the period's end. */
export function dropChange(portal: PortalSession, plan: Plan): Promise<Result> {
  const { id } = plan.subscription;
  return tried("dropped", () => dropScheduledChange(portal.context, id));
}

/** Stops a plan for a while; `option` is one of the configuration's, by its place. */
export function pausePlan(
  portal: PortalSession,
  { subscription: { id } }: Plan,
  of: { option: string; nowSec: number },
): Promise<Result> {
  const duration = portal.configuration.features.subscription_pause?.duration;
  const options = duration?.type === "interval_options"
    ? duration.interval_options
    : [];
  const chosen = /^\d{1,2}$/.test(of.option)
    ? options[Number(of.option)]
    : undefined;
  if (options.length > 0 && chosen === undefined) {
    return Promise.resolve({
      is: "refused",
      message: "Choose how long it is to be paused.",
    });
  }
  const resumeAtSec = chosen ? boundary(of.nowSec, chosen, 1) : null;
  return tried(
    "paused",
    () => pauseSubscription(portal.context, { subscription: id, resumeAtSec }),
  );
}

/** Ends a pause: a new period begins, and is paid for. */
export function resumePlan(portal: PortalSession, plan: Plan): Promise<Result> {
  const { id: subscription } = plan.subscription;
  return tried(
    "resumed",
    () => resumeSubscription(portal.context, { subscription }),
  );
}

/** Tries to collect one of the customer's own open invoices; a failure is kept, as any attempt is. */
export async function payOpen(
  portal: PortalSession,
  id: string,
  { authenticated }: { authenticated: boolean },
): Promise<Result> {
  const { context, customer } = portal;
  const attempt = await withCustomer(
    context,
    customer.id,
    async (transaction) => {
      const stored = await transaction.find(INVOICE, id);
      const mine = stored?.object.customer === customer.id;
      if (!mine || stored.object.status !== "open") return null;
      const how = { authenticated, retries: false };
      return (await charge(transaction, stored.object, how)).attempt;
    },
  );
  if (attempt === null) {
    return { is: "refused", message: "That invoice is not open any more." };
  }
  return resultOf(attempt);
}

/** What an attempt to be paid means for whoever pressed the button. */
export function resultOf(attempt: Attempt): Result {
  switch (attempt.result) {
    case "succeeded":
      return { is: "done", word: "paid" };
    case "requires_action":
      return { is: "asks" };
    case "no_method":
      return { is: "refused", message: "Add a card first." };
    case "declined":
      return { is: "refused", message: attempt.message };
  }
}

async function tried(
  word: string,
  work: () => Promise<unknown>,
): Promise<Result> {
  try {
    await work();
    return { is: "done", word };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    if (/requires_action|authentication/.test(error.body.code ?? "")) {
      return { is: "asks" };
    }
    return { is: "refused", message: error.message };
  }
}
