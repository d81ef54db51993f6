import type { Subscription } from "@/lib/store/subscriptions.ts";

/** A problem with an organization's subscription, shown at the top of pages. */
export type BillingAlert =
  /** `expiresAtMs`: until when it can be paid, if known. */
  | { kind: "payment_unfinished"; expiresAtMs: number | null }
  | { kind: "payment_failed" }
  | { kind: "payment_given_up" }
  | { kind: "paused" }
  /** `continues`: whether the subscription is charged after the trial. */
  | { kind: "trial_ends"; atMs: number; continues: boolean };

/** How long before its end a trial causes an alert. */
const TRIAL_NOTICE_MS = 7 * 24 * 60 * 60 * 1000;

/** Returns the alert for a subscription, or null if none is needed. */
export function billingAlert(
  subscription: Subscription | null,
  nowMs: number,
): BillingAlert | null {
  switch (subscription?.status) {
    case "incomplete":
      return {
        kind: "payment_unfinished",
        expiresAtMs: expiryOf(subscription, nowMs),
      };
    case "past_due":
      return { kind: "payment_failed" };
    case "unpaid":
      return { kind: "payment_given_up" };
    case "paused":
      return { kind: "paused" };
    case "trialing":
      return trialAlert(subscription, nowMs);
    default:
      return null;
  }
}

/** Stripe expires a subscription whose first payment isn't made by then. */
const INCOMPLETE_MS = 23 * 60 * 60 * 1000;

/** Null if the invoice is unknown, or the sync of the expiry is due. */
function expiryOf({ invoice }: Subscription, nowMs: number): number | null {
  if (!invoice) return null;
  const expiresAtMs = invoice.createdAtMs + INCOMPLETE_MS;
  return expiresAtMs > nowMs ? expiresAtMs : null;
}

function trialAlert(
  { trialEndMs, cancelAtMs }: Subscription,
  nowMs: number,
): BillingAlert | null {
  if (trialEndMs === null || trialEndMs - nowMs > TRIAL_NOTICE_MS) return null;
  const continues = cancelAtMs === null || cancelAtMs > trialEndMs;
  return { kind: "trial_ends", atMs: trialEndMs, continues };
}
