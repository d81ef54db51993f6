import { invalidRequest, notImplemented } from "../api/errors.ts";
import type { BillingTransaction } from "../billing/transaction.ts";
import {
  newPhase,
  phaseInterval as slowest,
  phaseItem,
} from "../billing/schedules.ts";
import { boundary } from "../billing/periods.ts";
import * as p from "../api/params.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import type { ApiPhase, ApiSchedule } from "../api/api_types.ts";

const ITEM = p.fields({
  metadata,
  price: p.required(p.text(255)),
  quantity: p.integer(0, 1_000_000),
  ...p.gaps(
    "billing_thresholds",
    "discounts",
    "plan",
    "price_data",
    "tax_rates",
  ),
});

const TIME = p.reader((value, at) =>
  value === "now"
    ? p.missing.read(value, `${at}=now`)
    : p.integer(0).read(value, at)
);

const DURATION = p.fields({
  interval: p.required(p.oneOf("day", "week", "month", "year")),
  interval_count: p.integer(1, 36),
});

/** The parameter `phases` of a schedule. */
export const PHASES = p.list(
  p.fields({
    currency: p.text(3),
    duration: DURATION,
    end_date: TIME,
    items: p.required(p.list(ITEM, 20)),
    proration_behavior: p.oneOf("create_prorations", "none", "always_invoice"),
    start_date: TIME,
    // deno-fmt-ignore: a list of names reads best filled
    ...p.gaps(
      "add_invoice_items", "application_fee_percent", "automatic_tax", "billing_cycle_anchor",
      "billing_thresholds", "collection_method", "default_payment_method", "default_tax_rates",
      "description", "discounts", "invoice_settings", "iterations", "metadata", "on_behalf_of",
      "transfer_data", "trial", "trial_end",
    ),
  }),
  10,
);
type Given = ReturnType<typeof PHASES.read>;

/**
 * The phases of a schedule after an update. The current phase cannot change, and each later phase
 * starts when the previous one ends.
 *
 * @throws {ApiError} 400 for phases that leave a gap; 501 for a change of the current phase.
 */
export async function phasesFor(
  transaction: BillingTransaction,
  schedule: ApiSchedule,
  given: Given,
): Promise<ApiPhase[]> {
  const current = schedule.phases.find(({ start_date: start }) =>
    start === schedule.current_phase?.start_date
  );
  const [first, ...rest] = given;
  if (current === undefined || first === undefined) {
    throw invalidRequest("A schedule has at least the phase that it is in.", {
      param: "phases",
    });
  }
  checkCurrent(current, first);
  const past = schedule.phases.filter(({ start_date: start }) =>
    start < current.start_date
  );
  const phases = [...past, current];
  for (const [place, next] of rest.entries()) {
    const startSec = phases.at(-1)?.end_date ?? current.end_date;
    const { currency } = current;
    const at = { currency, startSec, place: place + 1 };
    phases.push(await later(transaction, next, at));
  }
  return phases;
}

function checkCurrent(current: ApiPhase, given: Given[number]): void {
  const { start_date: start, end_date: end } = given;
  const same = (start === undefined || start === current.start_date) &&
    (end === undefined || end === current.end_date) &&
    given.duration === undefined &&
    given.items.length === current.items.length &&
    given.items.every(({ price, quantity = 1 }, place) =>
      price === current.items[place]?.price &&
      quantity === current.items[place]?.quantity
    );
  if (!same) throw notImplemented("changes of the phase that a schedule is in");
}

async function later(
  transaction: BillingTransaction,
  given: Given[number],
  at: { currency: string; startSec: number; place: number },
): Promise<ApiPhase> {
  const { currency, startSec, place } = at;
  if (given.start_date !== undefined && given.start_date !== startSec) {
    throw invalidRequest(
      "Each phase begins when the one before it ends.",
      { param: `phases[${place}][start_date]` },
    );
  }
  const items = given.items.map((
    { metadata: change, price, quantity = 1 },
  ) => ({
    price,
    quantity,
    metadata: mergeMetadata({}, change),
  }));
  const every = await slowest(transaction, items);
  const { interval_count: count = 1, ...lasts } = given.duration ?? every;
  const endSec = given.end_date ??
    boundary(startSec, { ...lasts, interval_count: count }, 1);
  const behavior = given.proration_behavior;
  return newPhase({ currency }, {
    items: items.map(phaseItem),
    startSec,
    endSec,
    ...(behavior !== undefined && { prorationBehavior: behavior }),
  });
}
