import { invalidRequest } from "../api/errors.ts";
import { longId } from "../store/ids.ts";
import type { BillingTransaction } from "./transaction.ts";
import { readRecurring } from "./recurring_prices.ts";
import { lastPeriodEnd } from "./renewal.ts";
import { releaseSchedule } from "./schedule_release.ts";
import { boundary } from "./periods.ts";
import type {
  ApiPhase,
  ApiPhaseItem,
  ApiSchedule,
  ApiSubscription,
} from "../api/api_types.ts";
import { SCHEDULE, SUBSCRIPTION } from "../store/schema.ts";

/** What somebody is subscribed to in a phase. */
export interface PhaseItem {
  price: string;
  quantity: number;
  metadata?: Record<string, string>;
}

/**
 * Puts a subscription under a schedule whose one phase is the present period.
 *
 * @throws {ApiError} 400 when it has one already, is ended, or is about to be cancelled.
 */
export function beginSchedule(
  transaction: BillingTransaction,
  subscription: ApiSubscription,
  of: { releasesEarly: boolean },
): ApiSchedule {
  checkFree(subscription);
  const { data } = subscription.items;
  const startSec = Math.min(...data.map((item) => item.current_period_start));
  const items = data.map(({ metadata, price, quantity }) =>
    phaseItem({ metadata, price: price.id, quantity })
  );
  const phase = newPhase(subscription, {
    items,
    startSec,
    endSec: lastPeriodEnd(subscription),
  });
  const schedule = transaction.insert(
    SCHEDULE,
    newSchedule(subscription, phase, transaction.nowSec),
    of,
  );
  const after = { ...subscription, schedule: schedule.id };
  transaction.change(SUBSCRIPTION, after);
  transaction.emit("subscription_schedule.created", schedule);
  transaction.emitUpdate("customer.subscription.updated", subscription, after);
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

/** Schedules another choice for the period after this one, and lets go once it has begun. */
export async function changeAtPeriodEnd(
  transaction: BillingTransaction,
  subscription: ApiSubscription,
  items: PhaseItem[],
): Promise<ApiSchedule> {
  await releaseSchedule(transaction, subscription, "released");
  const free = { ...subscription, schedule: null };
  if (subscription.schedule !== null) {
    transaction.change(SUBSCRIPTION, free);
    transaction.emitUpdate("customer.subscription.updated", subscription, free);
  }
  const schedule = beginSchedule(transaction, free, { releasesEarly: true });
  const startSec = lastPeriodEnd(free);
  const every = await slowest(transaction, items);
  const next = newPhase(free, {
    items: items.map(phaseItem),
    startSec,
    endSec: boundary(startSec, every, 1),
  });
  const phases = [...schedule.phases, next];
  const planned = transaction.change(SCHEDULE, { ...schedule, phases });
  transaction.emitUpdate("subscription_schedule.updated", schedule, planned);
  return planned;
}

/** The interval of a phase's first price, by which a phase lasts when nothing else is said. */
export async function slowest(
  transaction: BillingTransaction,
  items: PhaseItem[],
) {
  const prices = await Promise.all(
    items.map(({ price }, place) =>
      readRecurring(transaction.context, {
        id: price,
        param: `phases[0][items][${place}][price]`,
      })
    ),
  );
  const [first] = prices;
  if (first === undefined) {
    throw invalidRequest("A phase must have at least one item.", {
      param: "phases",
    });
  }
  return first.recurring;
}

/** Gives up what was scheduled; the subscription goes on as it is. */
export async function dropSchedule(
  transaction: BillingTransaction,
  subscription: ApiSubscription,
): Promise<ApiSchedule> {
  const schedule = await releaseSchedule(transaction, subscription, "released");
  if (schedule === null) {
    throw invalidRequest(`Nothing is scheduled for ${subscription.id}.`);
  }
  const after = { ...subscription, schedule: null };
  transaction.change(SUBSCRIPTION, after);
  transaction.emitUpdate("customer.subscription.updated", subscription, after);
  return schedule;
}

/** One item of a phase. */
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

/** A stretch of time in which a subscription is to the same things. */
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
    add_invoice_items: [],
    application_fee_percent: null,
    billing_cycle_anchor: null,
    billing_thresholds: null,
    collection_method: null,
    currency,
    default_payment_method: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    end_date: of.endSec,
    invoice_settings: null,
    items: of.items,
    metadata: {},
    on_behalf_of: null,
    proration_behavior: of.prorationBehavior ?? "none",
    start_date: of.startSec,
    transfer_data: null,
    trial_end: null,
  };
}

function newSchedule(
  subscription: ApiSubscription,
  phase: ApiPhase,
  createdSec: number,
): ApiSchedule {
  return {
    id: longId("sub_sched"),
    object: "subscription_schedule",
    application: null,
    billing_mode: subscription.billing_mode,
    canceled_at: null,
    completed_at: null,
    created: createdSec,
    current_phase: { end_date: phase.end_date, start_date: phase.start_date },
    customer: subscription.customer,
    customer_account: null,
    default_settings: {
      application_fee_percent: null,
      automatic_tax: { disabled_reason: null, enabled: false, liability: null },
      billing_cycle_anchor: "automatic",
      billing_thresholds: null,
      collection_method: "charge_automatically",
      default_payment_method: null,
      description: null,
      invoice_settings: {
        account_tax_ids: null,
        custom_fields: null,
        days_until_due: null,
        description: null,
        footer: null,
        issuer: { type: "self" },
      },
      on_behalf_of: null,
      transfer_data: null,
    },
    end_behavior: "release",
    livemode: false,
    metadata: {},
    pause_schedules: [],
    phases: [phase],
    released_at: null,
    released_subscription: null,
    status: "active",
    subscription: subscription.id,
    test_clock: subscription.test_clock,
  };
}
