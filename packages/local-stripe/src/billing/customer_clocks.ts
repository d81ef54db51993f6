import { customerNow } from "./customer_account.ts";
import { advanceCustomer, catchUp } from "./scheduler.ts";
import { boundary, DAY_SEC, HOUR_SEC, periodBounds } from "./periods.ts";
import type { Context } from "../context.ts";
import { CUSTOMER, SUBSCRIPTION } from "../store/schema.ts";
import type { ApiSubscription } from "../api/api_types.ts";

/** A customer's time and the times it can be advanced to. */
export interface CustomerClock {
  customerId: string;
  name: string | null;
  metadata: Record<string, string>;
  /** The customer's current time, in seconds since the epoch. */
  nowSec: number;
  /** The end of the trial, or `null`. */
  trialEndSec: number | null;
  /** The end of the current period; `null` without a subscription. */
  renewalSec: number | null;
  /** Whether a test clock controls the time. */
  hasTestClock: boolean;
}

/** A time to advance a customer to. */
export type ClockStep = "day" | "month" | "trial_end" | "renewal";

const MAX_CLOCKS = 12;

/** The clocks of the most recent customers, newest first. */
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
  const subscription = await liveSubscription(context, id);
  const trialEndSec = subscription?.trial_end ?? 0;
  const { name = null, metadata, test_clock: clock } = stored.object;
  return {
    customerId: id,
    name,
    metadata,
    nowSec,
    trialEndSec: trialEndSec > nowSec ? trialEndSec : null,
    renewalSec: subscription && periodBounds(subscription).firstEndSec,
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
 * Advances a customer's time and runs the steps that fall due.
 *
 * @returns `false` if the step does not apply, as `trial_end` without a trial.
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

// A renewal's invoice is a draft for an hour. After two, it has been charged.
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
