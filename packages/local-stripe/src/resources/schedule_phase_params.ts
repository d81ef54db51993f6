import { invalidRequest, notImplemented } from "../api/errors.ts";
import type { BillingTransaction } from "../billing/transaction.ts";
import { newPhase, phaseItem, slowest } from "../billing/schedules.ts";
import { boundary } from "../billing/periods.ts";
import {
  fields,
  integer,
  list,
  missing,
  oneOf,
  required,
  text,
} from "../api/params.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import type { ApiPhase, ApiSchedule } from "../api/api_types.ts";

const ITEM = fields({
  billing_thresholds: missing,
  discounts: missing,
  metadata,
  plan: missing,
  price: required(text(255)),
  price_data: missing,
  quantity: integer(0, 1_000_000),
  tax_rates: missing,
});

const DURATION = fields({
  interval: required(oneOf("day", "week", "month", "year")),
  interval_count: integer(1, 36),
});

/** The parameter `phases` of a schedule. */
export const PHASES = list(
  fields({
    add_invoice_items: missing,
    application_fee_percent: missing,
    automatic_tax: missing,
    billing_cycle_anchor: missing,
    billing_thresholds: missing,
    collection_method: missing,
    currency: text(3),
    default_payment_method: missing,
    default_tax_rates: missing,
    description: missing,
    discounts: missing,
    duration: DURATION,
    end_date: integer(0),
    invoice_settings: missing,
    items: required(list(ITEM, 20)),
    iterations: missing,
    metadata: missing,
    on_behalf_of: missing,
    proration_behavior: oneOf("create_prorations", "none", "always_invoice"),
    start_date: integer(0),
    transfer_data: missing,
    trial: missing,
    trial_end: missing,
  }),
  10,
);
type Given = ReturnType<typeof PHASES.read>;

/**
 * The phases that a schedule has after an update. The present one stays as it is; each later one
 * begins where the one before it ends.
 *
 * @throws {ApiError} 400 for phases that leave a gap; 501 for a change of the present phase,
 * and for one that begins within a period.
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
  const items = given.items.map(({ metadata: said, price, quantity = 1 }) => ({
    price,
    quantity,
    metadata: mergeMetadata({}, said),
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
