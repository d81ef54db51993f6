import type {
  ApiCustomer,
  ApiInvoice,
  ApiInvoiceLine,
  ApiSubscription,
} from "../api/api_types.ts";
import type { Entry } from "./invoice_lines.ts";
import { idOf } from "./subscription_objects.ts";
import { HOUR_SEC } from "./periods.ts";
import { BUSINESS_NAME } from "../context.ts";

/** What is to be billed. */
export interface Draft {
  reason: NonNullable<ApiInvoice["billing_reason"]>;
  currency: string;
  entries: Entry[];
  subscription?: ApiSubscription;
  /** Whether what waits for the next invoice goes onto this one. */
  takesPending: boolean;
  /** Whether it is finalized and charged by itself, an hour later. */
  advances: boolean;
  period?: { startSec: number; endSec: number };
  prorationSec?: number;
  fields?: Partial<
    Pick<
      ApiInvoice,
      "default_payment_method" | "description" | "footer" | "metadata"
    >
  >;
}

/** The draft itself: what its lines come to, and whose it is. */
export function invoiceOf(
  id: string,
  made: {
    customer: ApiCustomer;
    draft: Draft;
    lines: ApiInvoiceLine[];
    nowSec: number;
  },
): ApiInvoice {
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
function totalsOf(lines: ApiInvoiceLine[], balance: number) {
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
): ApiInvoice["parent"] {
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
  invoice: ApiInvoice,
  lines: ApiInvoiceLine[],
  balance: number,
): ApiInvoice {
  return {
    ...invoice,
    ...totalsOf(lines, balance),
    lines: { ...invoice.lines, data: lines },
  };
}

/** What an invoice says before anything is known but its time and currency. */
export function emptyInvoice(
  id: string,
  at: { currency: string; createdSec: number },
) {
  return {
    id,
    object: "invoice",
    account_country: "US",
    account_name: BUSINESS_NAME,
    account_tax_ids: null,
    amount_overpaid: 0,
    amount_shipping: 0,
    application: null,
    automatic_tax: {
      disabled_reason: null,
      enabled: false,
      liability: null,
      provider: null,
      status: null,
    },
    automatically_finalizes_at: null,
    billing_reason: "manual",
    collection_method: "charge_automatically",
    created: at.createdSec,
    currency: at.currency,
    custom_fields: null,
    customer_account: null,
    customer_shipping: null,
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: "self" },
    last_finalization_error: null,
    latest_revision: null,
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    on_behalf_of: null,
    parent: null,
    payment_settings: {
      default_mandate: null,
      payment_method_options: null,
      payment_method_types: null,
    },
    period_end: at.createdSec,
    period_start: at.createdSec,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    test_clock: null,
    total_discount_amounts: [],
    total_pretax_credit_amounts: [],
    total_taxes: [],
  } satisfies Partial<ApiInvoice>;
}
