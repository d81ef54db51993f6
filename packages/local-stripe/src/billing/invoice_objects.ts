import { emptyInvoice } from "../resources/blank_invoice.ts";
import type { WireCustomer, WireInvoice, WireInvoiceLine } from "../wire.ts";
import type { Entry } from "./lines.ts";
import { idOf } from "./subscription_objects.ts";
import { HOUR_SEC } from "./time.ts";
import type { WireSubscription } from "./wire.ts";

/** What is to be billed. */
export interface Draft {
  reason: NonNullable<WireInvoice["billing_reason"]>;
  currency: string;
  entries: Entry[];
  subscription?: WireSubscription;
  /** Whether what waits for the next invoice goes onto this one. */
  takesPending: boolean;
  /** Whether it is finalized and charged by itself, an hour later. */
  advances: boolean;
  period?: { startSec: number; endSec: number };
  prorationSec?: number;
  fields?: Partial<
    Pick<
      WireInvoice,
      "default_payment_method" | "description" | "footer" | "metadata"
    >
  >;
}

/** The draft itself: what its lines come to, and whose it is. */
export function invoiceOf(
  id: string,
  made: {
    customer: WireCustomer;
    draft: Draft;
    lines: WireInvoiceLine[];
    nowSec: number;
  },
): WireInvoice {
  const { customer, draft, lines, nowSec } = made;
  const { advances, currency, period } = draft;
  return {
    ...emptyInvoice(id, { currency, createdSec: nowSec }),
    ...draft.fields,
    ...totalsOf(lines, customer.balance),
    amount_paid: 0,
    attempt_count: 0,
    attempted: false,
    auto_advance: advances,
    automatically_finalizes_at: advances ? nowSec + HOUR_SEC : null,
    billing_reason: draft.reason,
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: customer.tax_exempt ?? "none",
    effective_at: null,
    ending_balance: null,
    lines: {
      object: "list",
      data: lines,
      has_more: false,
      url: `/v1/invoices/${id}/lines`,
    },
    number: null,
    parent: parentOf(draft),
    period_end: period?.endSec ?? nowSec,
    period_start: period?.startSec ?? nowSec,
    starting_balance: customer.balance,
    status: "draft",
    status_transitions: {
      finalized_at: null,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    test_clock: idOf(customer.test_clock),
    webhooks_delivered_at: nowSec,
  };
}

// A customer's balance is what it owes us: a negative one is credit, and used up first.
function totalsOf(lines: WireInvoiceLine[], balance: number) {
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  const due = Math.max(0, total + balance);
  return {
    amount_due: due,
    amount_remaining: due,
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
  };
}

function parentOf(
  { subscription, prorationSec }: Draft,
): WireInvoice["parent"] {
  return subscription === undefined ? null : {
    type: "subscription_details",
    quote_details: null,
    subscription_details: {
      metadata: subscription.metadata,
      subscription: subscription.id,
      ...(prorationSec !== undefined &&
        { subscription_proration_date: prorationSec }),
    },
  };
}

/** A draft with its amounts counted again, after a line was added or taken. */
export function recounted(
  invoice: WireInvoice,
  lines: WireInvoiceLine[],
  balance: number,
): WireInvoice {
  return {
    ...invoice,
    ...totalsOf(lines, balance),
    lines: { ...invoice.lines, data: lines },
  };
}
