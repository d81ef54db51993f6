import {
  advanceCustomer,
  catchUp,
  customerNow,
} from "./subscription_actions.ts";
import { boundary, DAY_SEC, HOUR_SEC } from "./periods.ts";
import type { Context } from "../context.ts";
import { CUSTOMER, SUBSCRIPTION } from "../store/schema.ts";
import type { ApiCustomer, ApiSubscription } from "../api/api_types.ts";

/** What time it is for a customer, and what there is to move on to. */
export interface CustomerClock {
  customerId: string;
  name: string | null;
  metadata: Record<string, string>;
  /** The customer's own time, in seconds since the epoch. */
  nowSec: number;
  /** The trial's end; `null` without a trial. */
  trialEndSec: number | null;
  /** The end of the period that is paid for; `null` without a subscription. */
  renewalSec: number | null;
  /** A test clock of the API moves it, and nothing else does. */
  hasTestClock: boolean;
}

/** Where a customer's time can be moved to. */
export type ClockStep = "day" | "month" | "trial_end" | "renewal";

const MAX_CLOCKS = 12;

/** The clocks of the customers that were made last, newest first. */
export async function readClocks(context: Context): Promise<CustomerClock[]> {
  const { store } = context;
  const ids = await store.ids(["customers"], {
    limit: MAX_CLOCKS,
    newestFirst: true,
  });
  const clocks = await Promise.all(ids.map(({ id }) => readClock(context, id)));
  return clocks.filter((clock) => clock !== null);
}

async function readClock(
  context: Context,
  id: string,
): Promise<CustomerClock | null> {
  const stored = await context.store.get(CUSTOMER, id);
  if (stored === null || stored.deleted) return null;
  await catchUp(context, id);
  const nowSec = await customerNow(context, id);
  return clockOf(stored.object, nowSec, await liveSubscription(context, id));
}

function clockOf(
  customer: ApiCustomer,
  nowSec: number,
  subscription: ApiSubscription | null,
): CustomerClock {
  const trialEndSec = subscription?.trial_end ?? null;
  const ends = subscription?.items.data.map((item) => item.current_period_end);
  const { id, name = null, metadata, test_clock: clock } = customer;
  return {
    customerId: id,
    name,
    metadata,
    nowSec,
    trialEndSec: trialEndSec !== null && trialEndSec > nowSec
      ? trialEndSec
      : null,
    renewalSec: ends === undefined ? null : Math.min(...ends),
    hasTestClock: clock !== null,
  };
}

async function liveSubscription(
  { store }: Context,
  customer: string,
): Promise<ApiSubscription | null> {
  const [newest] = await store.ids(
    ["subscriptions_live_by_customer", customer],
    { limit: 1, newestFirst: true },
  );
  const stored = newest && await store.get(SUBSCRIPTION, newest.id);
  return stored?.object ?? null;
}

/**
 * Moves a customer's time on, and does all that falls due until then.
 *
 * @returns Whether there is such a step: there is no trial's end without a trial.
 */
export async function stepClock(
  context: Context,
  customerId: string,
  step: ClockStep,
): Promise<boolean> {
  const clock = await readClock(context, customerId);
  const toSec = clock && targetOf(clock, step);
  if (toSec === null) return false;
  await advanceCustomer(context, customerId, toSec);
  return true;
}

// An invoice stays a draft for an hour: with two, what a renewal leads to has happened.
const SETTLED_SEC = 2 * HOUR_SEC;

function targetOf(clock: CustomerClock, step: ClockStep): number | null {
  const { nowSec, trialEndSec, renewalSec, hasTestClock } = clock;
  if (hasTestClock) return null;
  switch (step) {
    case "day":
      return nowSec + DAY_SEC;
    case "month":
      return boundary(nowSec, { interval: "month", interval_count: 1 }, 1);
    case "trial_end":
      return trialEndSec && trialEndSec + SETTLED_SEC;
    case "renewal":
      return renewalSec && Math.max(renewalSec, nowSec) + SETTLED_SEC;
  }
}
