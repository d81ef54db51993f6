import type { BillingTransaction } from "./transaction.ts";
import type { ApiSchedule, ApiSubscription } from "../api/api_types.ts";
import { SCHEDULE } from "../store/schema.ts";

type End = "canceled" | "completed" | "released";

/** Takes the schedule from a subscription, which is left as it is; `how` says why it ends. */
export async function releaseSchedule(
  transaction: BillingTransaction,
  { schedule: id }: Pick<ApiSubscription, "schedule">,
  how: End,
): Promise<ApiSchedule | null> {
  const stored = id === null ? null : await transaction.find(SCHEDULE, id);
  if (stored === null) return null;
  const { object: schedule } = stored;
  const released = how === "released";
  const ended = transaction.change(SCHEDULE, {
    ...schedule,
    canceled_at: how === "canceled" ? transaction.nowSec : null,
    completed_at: how === "completed" ? transaction.nowSec : null,
    current_phase: null,
    released_at: released ? transaction.nowSec : null,
    released_subscription: released ? schedule.subscription : null,
    status: how,
    subscription: released ? null : schedule.subscription,
  });
  transaction.emit(`subscription_schedule.${how}`, ended);
  return ended;
}
