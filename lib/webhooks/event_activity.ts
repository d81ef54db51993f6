import type Stripe from "stripe";
import { type Activity, STRIPE } from "@/lib/store/activity.ts";

/**
 * Returns the activity that an event reports, if it changes nothing that is
 * stored: the others are recorded with the change.
 */
export function eventActivity(event: Stripe.Event): Activity | null {
  if (event.type !== "invoice.payment_failed") return null;
  const { amount_due, currency, number = null, next_payment_attempt = null } =
    event.data.object as Partial<Stripe.Invoice>;
  if (amount_due === undefined || currency === undefined) return null;
  return {
    action: "payment.failed",
    atMs: event.created * 1000,
    actor: STRIPE,
    details: {
      amount: amount_due,
      currency,
      invoice: number,
      next_attempt_at: next_payment_attempt === null
        ? null
        : new Date(next_payment_attempt * 1000).toISOString(),
    },
  };
}
