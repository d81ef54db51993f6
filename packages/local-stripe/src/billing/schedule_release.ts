import type { Books } from "./transaction.ts";
import type { WireSchedule, WireSubscription } from "../api/api_types.ts";
import { SCHEDULE } from "../store/schema.ts";

type End = "canceled" | "completed" | "released";

/** Takes the schedule from a subscription, which is left as it is; `how` says why it ends. */
export async function releaseSchedule(
  books: Books,
  { schedule: id }: Pick<WireSubscription, "schedule">,
  how: End,
): Promise<WireSchedule | null> {
  const row = id === null ? null : await books.find(SCHEDULE, id);
  if (row === null) return null;
  const { object: schedule } = row;
  const released = how === "released";
  const ended = books.change(SCHEDULE, {
    ...schedule,
    canceled_at: how === "canceled" ? books.nowSec : null,
    completed_at: how === "completed" ? books.nowSec : null,
    current_phase: null,
    released_at: released ? books.nowSec : null,
    released_subscription: released ? schedule.subscription : null,
    status: how,
    subscription: released ? null : schedule.subscription,
  });
  books.tell(`subscription_schedule.${how}`, ended);
  return ended;
}
