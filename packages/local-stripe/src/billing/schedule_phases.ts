import type { BillingTransaction } from "./transaction.ts";
import { endSubscription } from "./subscription_end.ts";
import { type ItemChange, nextItems } from "./item_changes.ts";
import { intervalOf } from "./recurring_prices.ts";
import { releaseSchedule } from "./schedule_release.ts";
import { sameInterval } from "./periods.ts";
import type {
  ApiPhase,
  ApiSchedule,
  ApiSubscription,
} from "../api/api_types.ts";
import {
  SCHEDULE,
  type StoredSubscription,
  SUBSCRIPTION,
} from "../store/schema.ts";

/** The phase that a schedule is in is over: the next one begins, or the schedule ends. */
export async function nextPhase(
  transaction: BillingTransaction,
  stored: StoredSubscription,
): Promise<void> {
  const { object: before } = stored;
  const { object: schedule, extra } = await transaction.need(
    SCHEDULE,
    before.schedule ?? "",
  );
  const start = schedule.current_phase?.end_date;
  const phase = schedule.phases.find((one) => one.start_date === start);
  if (phase === undefined) return await finish(transaction, before, schedule);
  const current = { start_date: phase.start_date, end_date: phase.end_date };
  const moved = transaction.change(SCHEDULE, {
    ...schedule,
    current_phase: current,
  });
  transaction.emitUpdate("subscription_schedule.updated", schedule, moved);
  const data = await nextItems(transaction, before, changesTo(before, phase));
  let after = transaction.change(SUBSCRIPTION, {
    ...before,
    ...anchorFor(before, data, phase.start_date),
    items: { ...before.items, data },
  });
  if (extra.releasesEarly && phase === schedule.phases.at(-1)) {
    await releaseSchedule(transaction, before, "released");
    after = transaction.change(SUBSCRIPTION, { ...after, schedule: null });
  }
  transaction.emitUpdate("customer.subscription.updated", before, after);
}

async function finish(
  transaction: BillingTransaction,
  before: ApiSubscription,
  schedule: ApiSchedule,
): Promise<void> {
  if (schedule.end_behavior === "cancel") {
    await releaseSchedule(transaction, before, "completed");
    await endSubscription(transaction, { ...before, schedule: null });
    return;
  }
  await releaseSchedule(transaction, before, "released");
  const after = transaction.change(SUBSCRIPTION, { ...before, schedule: null });
  transaction.emitUpdate("customer.subscription.updated", before, after);
}

// Another pace counts from the day that it begins.
function anchorFor(
  before: ApiSubscription,
  data: ApiSubscription["items"]["data"],
  startSec: number,
) {
  const old = before.items.data.map(({ price }) => intervalOf(price));
  const same = data.every(({ price }) =>
    old.some((every) => sameInterval(every, intervalOf(price)))
  );
  return same ? {} : { billing_cycle_anchor: startSec };
}

/** What turns a subscription's items into those of a phase; the same price stays the same item. */
export function changesTo(
  { items }: ApiSubscription,
  phase: Pick<ApiPhase, "items">,
): ItemChange[] {
  const kept = items.data.filter(({ price }) =>
    phase.items.some((wanted) => wanted.price === price.id)
  );
  const free = items.data.filter((item) => !kept.includes(item));
  const changes = phase.items.map((wanted): ItemChange => {
    const same = kept.find(({ price }) => price.id === wanted.price);
    const id = same?.id ?? free.shift()?.id;
    const { price, quantity } = wanted;
    return { ...(id !== undefined && { id }), price, quantity };
  });
  return [...changes, ...free.map(({ id }) => ({ id, deleted: true }))];
}
