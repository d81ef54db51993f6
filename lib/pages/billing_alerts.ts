import type { Subscription } from "@/lib/store/mod.ts";

/** What an organization has to know before anything else on a page. */
export type Banner =
  | { kind: "payment_unfinished" }
  | { kind: "payment_failed" }
  | { kind: "payment_given_up" }
  | { kind: "paused" }
  /** `goesOn`: whether it is paid for afterwards, or ends with the trial. */
  | { kind: "trial_ends"; atMs: number; goesOn: boolean };

/** How long before its end a trial is worth a banner. */
const TRIAL_NOTICE_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * What a page says above everything else; null where there is nothing that
 * somebody would have to do, or soon.
 */
export function billingAlert(
  subscription: Subscription | null,
  nowMs: number,
): Banner | null {
  switch (subscription?.status) {
    case "incomplete":
      return { kind: "payment_unfinished" };
    case "past_due":
      return { kind: "payment_failed" };
    case "unpaid":
      return { kind: "payment_given_up" };
    case "paused":
      return { kind: "paused" };
    case "trialing":
      return trialBanner(subscription, nowMs);
    default:
      return null;
  }
}

function trialBanner(
  { trialEndMs, cancelAtMs }: Subscription,
  nowMs: number,
): Banner | null {
  if (trialEndMs === null || trialEndMs - nowMs > TRIAL_NOTICE_MS) return null;
  const goesOn = cancelAtMs === null || cancelAtMs > trialEndMs;
  return { kind: "trial_ends", atMs: trialEndMs, goesOn };
}
