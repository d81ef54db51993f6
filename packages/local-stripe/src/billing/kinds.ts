import type { Kind } from "../rows.ts";
import type {
  WireCharge,
  WireDispute,
  WireInvoiceItem,
  WireInvoicePayment,
  WirePaymentIntent,
  WireRefund,
  WireSchedule,
  WireSubscription,
  WireTestClock,
} from "./wire.ts";

// What billing stores. Lists that end in a customer's id are read in each of its transactions, so
// that they hold what may still move and nothing else.

/** What an item was billed for, until when: what a credit for unused time is measured by. */
export interface Debit {
  item: string;
  amountMinor: number;
  startSec: number;
  endSec: number;
  description: string;
  price: string;
  product: string;
  unitDecimal: string | null;
  quantity: number;
}

export interface SubscriptionExtra {
  debits: Debit[];
  /** `trial_will_end` has been told. */
  trialWarned: boolean;
  /** The period end that `invoice.upcoming` has been told for. */
  upcomingForSec: number | null;
  /** When a pause ends by itself. */
  resumeAtSec: number | null;
  /** The invoice whose payment ends a pause. */
  resumesWith: string | null;
}

const ENDED = new Set(["canceled", "incomplete_expired"]);

/** Whether a subscription can still change by itself or by anybody. */
export function isLive({ status }: Pick<WireSubscription, "status">): boolean {
  return !ENDED.has(status);
}

export const SUBSCRIPTION: Kind<WireSubscription, SubscriptionExtra> = {
  name: "subscription",
  noun: "subscription",
  lists: (subscription) => [
    ["subscriptions"],
    ["subscriptions_by_customer", subscription.customer],
    ...(isLive(subscription)
      ? [
        ["subscriptions_live"],
        ["subscriptions_live_by_customer", subscription.customer],
      ]
      : []),
  ],
};

/** `releasesEarly`: it lets go of its subscription as soon as its last phase has begun. */
export type ScheduleExtra = { releasesEarly: boolean };
export const SCHEDULE: Kind<WireSchedule, ScheduleExtra> = {
  name: "subscription_schedule",
  noun: "subscription schedule",
  lists: ({ customer }) => [["schedules"], ["schedules_by_customer", customer]],
};

export const INVOICE_ITEM: Kind<WireInvoiceItem> = {
  name: "invoiceitem",
  noun: "invoiceitem",
  lists: ({ customer, invoice }) => [
    ["invoiceitems"],
    ["invoiceitems_by_customer", customer],
    ...(invoice === null ? [["invoiceitems_pending", customer]] : []),
  ],
};

export const PAYMENT_INTENT: Kind<WirePaymentIntent> = {
  name: "payment_intent",
  noun: "payment_intent",
  lists: ({ customer }) => [
    ["payment_intents"],
    ...(customer === null ? [] : [["payment_intents_by_customer", customer]]),
  ],
};

export const CHARGE: Kind<WireCharge> = {
  name: "charge",
  noun: "charge",
  lists: ({ customer, payment_intent: intent }) => [
    ["charges"],
    ["charges_by_payment_intent", intent],
    ...(customer === null ? [] : [["charges_by_customer", customer]]),
  ],
};

/** What a bank has yet to say of a refund, and when, in seconds of the customer's time. */
export interface Settlement {
  atSec: number;
  status: "failed" | "succeeded";
}

export const REFUND: Kind<WireRefund, Settlement | null> = {
  name: "refund",
  noun: "refund",
  lists: ({ charge, customer, payment_intent: intent }, settlement) => [
    ["refunds"],
    ["refunds_by_charge", charge],
    ["refunds_by_payment_intent", intent],
    ...(settlement === null || typeof customer !== "string"
      ? []
      : [["refunds_moving"], ["refunds_moving_by_customer", customer]]),
  ],
};

export interface DisputeExtra {
  /** Whose books it is in: a guest's payment names nobody. */
  customer: string;
  /** What the bank will decide, and when; `null` once it has, or while it only thinks. */
  ruling: { atSec: number; status: "lost" | "won" } | null;
}

export const DISPUTE: Kind<WireDispute, DisputeExtra> = {
  name: "dispute",
  noun: "dispute",
  lists: (
    { charge, payment_intent: intent },
    { customer, ruling },
  ) => [
    ["disputes"],
    ["disputes_by_charge", charge],
    ["disputes_by_payment_intent", intent],
    ...(ruling === null
      ? []
      : [["disputes_moving"], ["disputes_moving_by_customer", customer]]),
  ],
};

export const INVOICE_PAYMENT: Kind<WireInvoicePayment> = {
  name: "invoice_payment",
  noun: "invoice payment",
  lists: ({ invoice, payment }) => [
    ["invoice_payments"],
    ["invoice_payments_by_invoice", invoice],
    ["invoice_payments_by_payment_intent", payment.payment_intent],
  ],
};

export const TEST_CLOCK: Kind<WireTestClock> = {
  name: "test_helpers.test_clock",
  noun: "billingclock",
  lists: () => [["test_clocks"]],
};
