import type {
  ApiCustomer,
  ApiInvoice,
  ApiInvoiceLine,
  ApiSubscription,
} from "../api/api_types.ts";
import type { Entry } from "./invoice_lines.ts";
import type { StoredDiscount } from "../store/schema.ts";
import { netOf, totalDiscounts } from "./line_discounts.ts";
import { totalTaxes } from "./taxes.ts";
import { nulls } from "../store/objects.ts";
import { idOf } from "./subscription_objects.ts";
import { dueOf } from "./minimum_charge.ts";
import { HOUR_SEC } from "./periods.ts";

/** The terms of a draft invoice. */
export interface Draft {
  reason: NonNullable<ApiInvoice["billing_reason"]>;
  currency: string;
  entries: Entry[];
  subscription?: ApiSubscription;
  discounts?: StoredDiscount[];
  automaticTax?: boolean;
  /** Whether to include the pending invoice items. */
  takesPending: boolean;
  /** Whether to finalize and charge it automatically after an hour. */
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

/** A new draft invoice with the given lines. */
export function invoiceOf(
  id: string,
  made: {
    customer: ApiCustomer;
    draft: Draft;
    lines: ApiInvoiceLine[];
    nowSec: number;
    taxIds?: ApiInvoice["customer_tax_ids"];
  },
): ApiInvoice {
  const { customer, draft, lines, nowSec, taxIds = [] } = made;
  const { advances, currency, period } = draft;
  return {
    ...emptyInvoice(id, { currency, createdSec: nowSec }),
    ...draft.fields,
    ...(draft.automaticTax && { automatic_tax: automaticTax(lines) }),
    ...totalsOf(lines, { balance: customer.balance, currency }),
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
    customer_tax_ids: taxIds,
    discounts: (draft.discounts ?? []).map(({ object }) => object.id),
    customer_tax_exempt: customer.tax_exempt ?? "none",
    lines: {
      object: "list",
      data: lines,
      has_more: false,
      url: `/v1/invoices/${id}/lines`,
    },
    parent: parentOf(draft),
    period_end: period?.endSec ?? nowSec,
    period_start: period?.startSec ?? nowSec,
    starting_balance: customer.balance,
    status: "draft",
    status_transitions: nulls(
      "finalized_at marked_uncollectible_at paid_at voided_at",
    ),
    test_clock: idOf(customer.test_clock),
    webhooks_delivered_at: nowSec,
  };
}

function automaticTax(lines: ApiInvoiceLine[]): ApiInvoice["automatic_tax"] {
  const known = lines.every(({ taxes }) => taxes?.length);
  return {
    disabled_reason: null,
    enabled: true,
    liability: { type: "self" },
    provider: "stripe",
    status: known ? "complete" : "requires_location_inputs",
  };
}

// A positive balance is owed by the customer; a negative one is a credit.
function totalsOf(
  lines: ApiInvoiceLine[],
  { balance, currency }: { balance: number; currency: string },
) {
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
  const net = lines.reduce((sum, line) => sum + netOf(line), 0);
  const taxes = totalTaxes(lines);
  const taxOf = (wanted: string) =>
    taxes.filter(({ tax_behavior: behavior }) => behavior === wanted)
      .reduce((sum, { amount }) => sum + amount, 0);
  const total = net + taxOf("exclusive");
  const discounts = totalDiscounts(lines);
  const due = dueOf(total + balance, currency);
  return {
    amount_due: due,
    amount_remaining: due,
    subtotal,
    subtotal_excluding_tax: subtotal - taxOf("inclusive"),
    total,
    total_discount_amounts: discounts,
    total_excluding_tax: net - taxOf("inclusive"),
    total_pretax_credit_amounts: discounts.map((one) => ({
      ...one,
      type: "discount" as const,
    })),
    total_taxes: taxes,
  };
}

function parentOf({ subscription, prorationSec }: Draft): ApiInvoice["parent"] {
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

/** An invoice with other lines and the totals of them. */
export function recounted(
  invoice: ApiInvoice,
  lines: ApiInvoiceLine[],
  balance: number,
): ApiInvoice {
  return {
    ...invoice,
    ...totalsOf(lines, { balance, currency: invoice.currency }),
    lines: { ...invoice.lines, data: lines },
  };
}

const BLANK = {
  ...nulls(
    "account_name account_tax_ids application automatically_finalizes_at",
    "custom_fields customer_account customer_shipping default_payment_method",
    "default_source description due_date effective_at ending_balance footer",
    "from_invoice hosted_invoice_url invoice_pdf last_finalization_error",
    "latest_revision next_payment_attempt number on_behalf_of parent",
    "receipt_number rendering shipping_cost shipping_details",
    "statement_descriptor test_clock",
  ),
  object: "invoice",
  account_country: "US",
  amount_overpaid: 0,
  amount_paid_off_stripe: 0,
  amount_shipping: 0,
  automatic_tax: {
    ...nulls("disabled_reason liability provider status"),
    enabled: false,
  },
  billing_reason: "manual",
  collection_method: "charge_automatically",
  default_tax_rates: [],
  discounts: [],
  issuer: { type: "self" },
  livemode: false,
  metadata: {},
  payment_settings: nulls(
    "default_mandate payment_method_options payment_method_types",
  ),
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  starting_balance: 0,
} satisfies Partial<ApiInvoice>;

/** The members of an invoice that do not depend on its lines and customer. */
function emptyInvoice(
  id: string,
  { currency, createdSec }: { currency: string; createdSec: number },
) {
  return {
    ...structuredClone(BLANK),
    id,
    created: createdSec,
    currency,
    period_end: createdSec,
    period_start: createdSec,
  } satisfies Partial<ApiInvoice>;
}
