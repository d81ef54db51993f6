import { charge } from "../../billing/invoice_settlement.ts";
import { intentOf } from "../../billing/payment_collection.ts";
import { boundary } from "../../billing/periods.ts";
import { customerNow } from "../../billing/customer_account.ts";
import {
  cancelSubscription,
  pauseSubscription,
  withCustomer,
} from "../../billing/subscription_actions.ts";
import { INVOICE } from "../../store/schema.ts";
import {
  type ActionResult,
  resultOfAttempt,
  runAction,
} from "../action_result.ts";
import { valueOf } from "../forms.tsx";
import type { Plan } from "./plans.ts";
import type { PortalSession } from "./portal_session.ts";

/** Cancels a plan as the configuration says: at once, or at the end of its period. */
export function cancelPlan(
  portal: PortalSession,
  { subscription: { id } }: Plan,
  form: URLSearchParams,
): Promise<ActionResult> {
  const { cancellation_reason: reasons, mode, proration_behavior: prorates } =
    portal.configuration.features.subscription_cancel;
  const reason = valueOf(form, "reason");
  const feedback = reasons.options.find((option) => option === reason);
  const comment = valueOf(form, "comment").slice(0, 500);
  const now = mode === "immediately";
  return runAction(
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

/** The durations for which the configuration lets a customer pause; empty for any duration. */
export function pauseOptions({ configuration }: PortalSession) {
  const duration = configuration.features.subscription_pause?.duration;
  return duration?.type === "interval_options" ? duration.interval_options : [];
}

/** Pauses a plan. The form's `option` is an index into {@linkcode pauseOptions}. */
export async function pausePlan(
  portal: PortalSession,
  { subscription: { id } }: Plan,
  form: URLSearchParams,
): Promise<ActionResult> {
  const nowSec = await customerNow(portal.context, portal.customer.id);
  const options = pauseOptions(portal);
  const option = valueOf(form, "option");
  const chosen = /^\d{1,2}$/.test(option) ? options[Number(option)] : undefined;
  if (options.length > 0 && chosen === undefined) {
    return { is: "refused", message: "Choose how long to pause your plan." };
  }
  const resumeAtSec = chosen ? boundary(nowSec, chosen, 1) : null;
  return await runAction(
    "paused",
    () => pauseSubscription(portal.context, { subscription: id, resumeAtSec }),
  );
}

/** Tries to collect one of the customer's open invoices. A failed attempt is recorded as usual. */
export async function payOpenInvoice(
  portal: PortalSession,
  id: string,
  { authenticated }: { authenticated: boolean },
): Promise<ActionResult> {
  const { context, customer } = portal;
  const attempt = await withCustomer(context, customer.id, async (tx) => {
    const stored = await tx.find(INVOICE, id);
    const isOwn = stored?.object.customer === customer.id;
    if (!isOwn || stored.object.status !== "open") return null;
    if ((await intentOf(tx, id))?.status === "processing") return null;
    const options = { authenticated, retries: false };
    return (await charge(tx, stored.object, options)).attempt;
  });
  return attempt === null
    ? { is: "refused", message: "This invoice is no longer open." }
    : resultOfAttempt(attempt);
}
