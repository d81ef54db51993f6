import { invalidRequest } from "../api/errors.ts";
import { longId } from "../store/ids.ts";
import type { BillingTransaction } from "./transaction.ts";
import { readRecurring } from "./recurring_prices.ts";
import { boundary, periodBounds } from "./periods.ts";
import type {
  ApiPhase,
  ApiPhaseItem,
  ApiSchedule,
  ApiSubscription,
} from "../api/api_types.ts";
import { SCHEDULE, SUBSCRIPTION } from "../store/schema.ts";
import { nulls } from "../store/objects.ts";

/** An item of a phase. */
export interface PhaseItem {
  price: string;
  quantity: number;
  metadata?: Record<string, string>;
}

/**
 * Creates a schedule from a subscription; its only phase is the current period.
 *
 * @throws {ApiError} 400 if the subscription has a schedule, has ended or is being canceled.
 */
export function beginSchedule(
  tx: BillingTransaction,
  subscription: ApiSubscription,
  extra: { releasesEarly: boolean },
): ApiSchedule {
  checkFree(subscription);
  const { firstStartSec, lastEndSec } = periodBounds(subscription);
  const phase = newPhase(subscription, {
    items: subscription.items.data.map(({ metadata, price, quantity }) =>
      phaseItem({ metadata, price: price.id, quantity })
    ),
    startSec: firstStartSec,
    endSec: lastEndSec,
  });
  const schedule = newSchedule(subscription, phase, tx.nowSec);
  tx.insert(SCHEDULE, schedule, extra);
  tx.emit("subscription_schedule.created", schedule);
  tx.update(SUBSCRIPTION, subscription, { schedule: schedule.id });
  return schedule;
}

function checkFree({ id, cancel_at: end, schedule, status }: ApiSubscription) {
  const why = schedule !== null
    ? `it is already attached to the schedule ${schedule}`
    : end !== null
    ? "it is already set to be canceled"
    : ["active", "past_due", "trialing"].includes(status)
    ? null
    : `it is ${status}`;
  if (why === null) return;
  throw invalidRequest(`You cannot schedule changes of ${id}: ${why}.`, {
    param: "from_subscription",
  });
}

/** Schedules other items for the next period; the schedule is released once that begins. */
export async function changeAtPeriodEnd(
  tx: BillingTransaction,
  subscription: ApiSubscription,
  items: PhaseItem[],
): Promise<ApiSchedule> {
  await releaseSchedule(tx, subscription, "released");
  const free = tx.update(SUBSCRIPTION, subscription, { schedule: null });
  const schedule = beginSchedule(tx, free, { releasesEarly: true });
  const startSec = periodBounds(free).lastEndSec;
  const next = newPhase(free, {
    items: items.map(phaseItem),
    startSec,
    endSec: boundary(startSec, await phaseInterval(tx, items), 1),
  });
  const phases = [...schedule.phases, next];
  return tx.update(SCHEDULE, schedule, { phases });
}

/**
 * The default duration of a phase: the interval of its first price.
 *
 * @throws {ApiError} 400 for an invalid price, or without items.
 */
export async function phaseInterval(
  tx: BillingTransaction,
  items: PhaseItem[],
) {
  const [first] = await Promise.all(items.map(({ price: id }, place) => {
    const param = `phases[0][items][${place}][price]`;
    return readRecurring(tx.context, { id, param });
  }));
  if (first !== undefined) return first.recurring;
  throw invalidRequest("A phase must have at least one item.", {
    param: "phases",
  });
}

/**
 * Discards the scheduled changes of a subscription.
 *
 * @throws {ApiError} 400 if nothing is scheduled.
 */
export async function dropSchedule(
  tx: BillingTransaction,
  subscription: ApiSubscription,
): Promise<ApiSchedule> {
  const schedule = await releaseSchedule(tx, subscription, "released");
  if (schedule === null) {
    throw invalidRequest(`Nothing is scheduled for ${subscription.id}.`);
  }
  tx.update(SUBSCRIPTION, subscription, { schedule: null });
  return schedule;
}

/** Ends the schedule of a subscription without a change of the subscription itself. */
export async function releaseSchedule(
  tx: BillingTransaction,
  { schedule: id }: Pick<ApiSubscription, "schedule">,
  status: "canceled" | "completed" | "released",
): Promise<ApiSchedule | null> {
  const stored = await tx.find(SCHEDULE, id);
  if (stored === null) return null;
  const { object: schedule } = stored;
  const released = status === "released";
  const ended = tx.change(SCHEDULE, {
    ...schedule,
    canceled_at: status === "canceled" ? tx.nowSec : null,
    completed_at: status === "completed" ? tx.nowSec : null,
    current_phase: null,
    released_at: released ? tx.nowSec : null,
    released_subscription: released ? schedule.subscription : null,
    status,
    subscription: released ? null : schedule.subscription,
  });
  tx.emit(`subscription_schedule.${status}`, ended);
  return ended;
}

/** The API object of a phase's item. */
export function phaseItem(
  { metadata = {}, price, quantity }: PhaseItem,
): ApiPhaseItem {
  return {
    billing_thresholds: null,
    discounts: [],
    metadata,
    plan: price,
    price,
    quantity,
    tax_rates: [],
  };
}

const BLANK_PHASE = {
  ...nulls(
    "application_fee_percent billing_cycle_anchor billing_thresholds",
    "collection_method default_payment_method description invoice_settings",
    "on_behalf_of transfer_data trial_end",
  ),
  add_invoice_items: [],
  default_tax_rates: [],
  discounts: [],
  metadata: {},
} satisfies Partial<ApiPhase>;

/** A new phase of a schedule. */
export function newPhase(
  { currency }: Pick<ApiSubscription, "currency">,
  of: {
    items: ApiPhaseItem[];
    startSec: number;
    endSec: number;
    prorationBehavior?: ApiPhase["proration_behavior"];
  },
): ApiPhase {
  return {
    ...structuredClone(BLANK_PHASE),
    currency,
    end_date: of.endSec,
    items: of.items,
    proration_behavior: of.prorationBehavior ?? "none",
    start_date: of.startSec,
  };
}

const BLANK_SCHEDULE = {
  ...nulls(
    "application canceled_at completed_at customer_account released_at",
    "released_subscription",
  ),
  object: "subscription_schedule",
  default_settings: {
    ...nulls(
      "application_fee_percent billing_thresholds default_payment_method",
      "description on_behalf_of transfer_data",
    ),
    automatic_tax: { ...nulls("disabled_reason liability"), enabled: false },
    billing_cycle_anchor: "automatic",
    collection_method: "charge_automatically",
    invoice_settings: {
      ...nulls(
        "account_tax_ids custom_fields days_until_due description footer",
      ),
      issuer: { type: "self" },
    },
  },
  end_behavior: "release",
  livemode: false,
  metadata: {},
  pause_schedules: [],
  status: "active",
} satisfies Partial<ApiSchedule>;

function newSchedule(
  subscription: ApiSubscription,
  phase: ApiPhase,
  createdSec: number,
): ApiSchedule {
  const { billing_mode, customer, id, test_clock } = subscription;
  return {
    ...structuredClone(BLANK_SCHEDULE),
    id: longId("sub_sched"),
    billing_mode,
    created: createdSec,
    current_phase: { end_date: phase.end_date, start_date: phase.start_date },
    customer,
    phases: [phase],
    subscription: id,
    test_clock,
  };
}
