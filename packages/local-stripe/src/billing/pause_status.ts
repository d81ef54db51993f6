import type { WireSubscription } from "./wire.ts";

type Why = NonNullable<
  WireSubscription["status_details"]
>["paused"]["subscription"]["type"];

/** A paused subscription says since when, and why. */
export function pauseFor(
  subscription: WireSubscription,
  why: Why,
  nowSec: number,
): WireSubscription {
  return {
    ...subscription,
    status: "paused",
    status_details: {
      paused: {
        subscription: { type: why },
        transitioned_at: nowSec,
        type: "subscription",
      },
    },
  };
}
