import type { Books } from "./transaction.ts";
import { endSubscription } from "./subscription_end.ts";
import { type ItemChange, nextItems } from "./item_changes.ts";
import { intervalOf } from "./recurring_prices.ts";
import type { SubscriptionRow } from "./renewal.ts";
import { releaseSchedule } from "./schedule_release.ts";
import { sameInterval } from "./periods.ts";
import type {
  WirePhase,
  WireSchedule,
  WireSubscription,
} from "../api/api_types.ts";
import { SCHEDULE, SUBSCRIPTION } from "../store/schema.ts";

/** The phase that a schedule is in is over: the next one begins, or the schedule ends. */
export async function nextPhase(
  books: Books,
  row: SubscriptionRow,
): Promise<void> {
  const { object: before } = row;
  const { object: schedule, extra } = await books.need(
    SCHEDULE,
    before.schedule ?? "",
  );
  const start = schedule.current_phase?.end_date;
  const phase = schedule.phases.find((one) => one.start_date === start);
  if (phase === undefined) return await finish(books, before, schedule);
  const current = { start_date: phase.start_date, end_date: phase.end_date };
  const moved = books.change(SCHEDULE, { ...schedule, current_phase: current });
  books.tellUpdate("subscription_schedule.updated", schedule, moved);
  const data = await nextItems(books, before, changesTo(before, phase));
  let after = books.change(SUBSCRIPTION, {
    ...before,
    ...anchorFor(before, data, phase.start_date),
    items: { ...before.items, data },
  });
  if (extra.releasesEarly && phase === schedule.phases.at(-1)) {
    await releaseSchedule(books, before, "released");
    after = books.change(SUBSCRIPTION, { ...after, schedule: null });
  }
  books.tellUpdate("customer.subscription.updated", before, after);
}

async function finish(
  books: Books,
  before: WireSubscription,
  schedule: WireSchedule,
): Promise<void> {
  if (schedule.end_behavior === "cancel") {
    await releaseSchedule(books, before, "completed");
    await endSubscription(books, { ...before, schedule: null });
    return;
  }
  await releaseSchedule(books, before, "released");
  const after = books.change(SUBSCRIPTION, { ...before, schedule: null });
  books.tellUpdate("customer.subscription.updated", before, after);
}

// Another pace counts from the day that it begins.
function anchorFor(
  before: WireSubscription,
  data: WireSubscription["items"]["data"],
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
  { items }: WireSubscription,
  phase: Pick<WirePhase, "items">,
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
