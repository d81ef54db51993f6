import type { BillingTransaction } from "./transaction.ts";
import { endSubscription } from "./subscription_end.ts";
import { type ItemChange, nextItems } from "./item_updates.ts";
import { intervalOf } from "./recurring_prices.ts";
import { releaseSchedule } from "./schedules.ts";
import { sameInterval } from "./periods.ts";
import { withItems } from "./subscription_objects.ts";
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

/** Ends the current phase of a subscription's schedule: begins the next one or ends the schedule. */
export async function nextPhase(
  tx: BillingTransaction,
  { object: before }: StoredSubscription,
): Promise<void> {
  const { object: schedule, extra } = await tx.need(
    SCHEDULE,
    before.schedule ?? "",
  );
  const start = schedule.current_phase?.end_date;
  const phase = schedule.phases.find((one) => one.start_date === start);
  if (phase === undefined) return await finish(tx, before, schedule);
  const { end_date, start_date } = phase;
  tx.update(SCHEDULE, schedule, { current_phase: { end_date, start_date } });
  const data = await nextItems(tx, before, changesTo(before, phase));
  const releases = extra.releasesEarly && phase === schedule.phases.at(-1);
  if (releases) await releaseSchedule(tx, before, "released");
  tx.update(SUBSCRIPTION, before, {
    ...withItems(before, data),
    ...anchorFor(before, data, start_date),
    ...(releases && { schedule: null }),
  });
}

async function finish(
  tx: BillingTransaction,
  before: ApiSubscription,
  schedule: ApiSchedule,
) {
  if (schedule.end_behavior === "cancel") {
    await releaseSchedule(tx, before, "completed");
    await endSubscription(tx, { ...before, schedule: null });
    return;
  }
  await releaseSchedule(tx, before, "released");
  tx.update(SUBSCRIPTION, before, { schedule: null });
}

// Another billing interval is anchored at the start of its phase.
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

/** The changes that lead to the items of a phase; an item with the same price is kept. */
function changesTo(
  { items }: ApiSubscription,
  phase: Pick<ApiPhase, "items">,
): ItemChange[] {
  const kept = items.data.filter(({ price }) =>
    phase.items.some((wanted) => wanted.price === price.id)
  );
  const free = items.data.filter((item) => !kept.includes(item));
  const changes = phase.items.map(({ price: wanted, quantity }): ItemChange => {
    const same = kept.find(({ price }) => price.id === wanted);
    const id = same?.id ?? free.shift()?.id;
    return { ...(id !== undefined && { id }), price: wanted, quantity };
  });
  return [...changes, ...free.map(({ id }) => ({ id, deleted: true }))];
}
