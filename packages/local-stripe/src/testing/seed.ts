import type { Context } from "../context.ts";
import { longId, pageSecret, sha256, shortId } from "../store/ids.ts";
import { CUSTOMER, INVOICE, readParam } from "../store/schema.ts";
import type {
  ApiCustomer,
  ApiInvoice,
  ApiInvoiceLine,
} from "../api/api_types.ts";
import { emptyInvoice } from "../billing/invoice_objects.ts";
import { presentInvoice } from "../billing/invoice_presentation.ts";

/** A line of an invoice to look at. */
export interface SeedLine {
  description: string;
  /** What one of them costs, a whole number in the currency's minor unit. */
  unitAmountMinor: number;
  quantity?: number;
  /** The price and product that it was sold by, where there are any. */
  price?: { id: string; product: string };
  /** When the service is or was; the moment of the invoice when not given. */
  periodStartSec?: number;
  periodEndSec?: number;
}

/** An invoice to look at. */
export interface SeedInvoice {
  /** An existing customer, `cus_…`. */
  customer: string;
  lines: SeedLine[];
  /** Three letters, lower case; "usd" when not given. */
  currency?: string;
  /** "paid" when not given. */
  status?: "draft" | "open" | "paid" | "uncollectible" | "void";
  /** When it was made, finalized and paid; now when not given. */
  createdSec?: number;
}

const MAX_LINES = 20;

/**
 * Stores an invoice as Stripe's own scheduler would have made it, numbered as the customer's next.
 *
 * @throws {ApiError} 400 when there is no such customer.
 * @throws {RangeError} When there are no lines or more than 20, or an amount is not a whole number.
 */
export async function storeInvoice(
  context: Context,
  seed: SeedInvoice,
): Promise<ApiInvoice> {
  checkSeed(seed);
  const { status = "paid" } = seed;
  const createdSec = seed.createdSec ?? Math.floor(context.now() / 1_000);
  const secret = status === "draft" ? null : pageSecret();
  const digest = secret && await sha256(secret);
  return await context.store.untilWritten(async (writes) => {
    const owner = await readParam(context, CUSTOMER, {
      id: seed.customer,
      param: "customer",
    });
    const object = invoiceOf(owner.object, { ...seed, status, createdSec });
    const stored = { object, extra: { secret }, createdMs: createdSec * 1_000 };
    const saved = writes.insert(INVOICE, stored);
    if (digest) writes.put(["invoice_secret", digest], object.id);
    writes.replace(CUSTOMER, owner, {
      object: afterInvoice(owner.object, object),
    });
    return presentInvoice(context, saved);
  });
}

function checkSeed({ lines }: SeedInvoice): void {
  if (lines.length < 1 || lines.length > MAX_LINES) {
    throw new RangeError(
      `Cannot seed an invoice with ${lines.length} lines: expected 1 to ${MAX_LINES}`,
    );
  }
  for (const { unitAmountMinor, quantity = 1 } of lines) {
    if (
      !Number.isSafeInteger(unitAmountMinor * quantity) ||
      !Number.isInteger(unitAmountMinor)
    ) {
      throw new RangeError(
        `Cannot seed an invoice: ${unitAmountMinor} is not a whole amount`,
      );
    }
  }
}

// A customer's first invoice settles its currency; each numbered one counts on.
function afterInvoice(
  customer: ApiCustomer,
  invoice: ApiInvoice,
): ApiCustomer {
  const counted = invoice.number === null ? 0 : 1;
  return {
    ...customer,
    currency: customer.currency ?? invoice.currency,
    next_invoice_sequence: customer.next_invoice_sequence + counted,
  };
}

type Settled =
  & SeedInvoice
  & Required<Pick<SeedInvoice, "status" | "createdSec">>;

function invoiceOf(customer: ApiCustomer, seed: Settled): ApiInvoice {
  const id = longId("in");
  const { status, createdSec, currency = "usd" } = seed;
  const lines = seed.lines.map((line) =>
    lineOf(id, line, { currency, createdSec })
  );
  const total = lines.reduce((sum, line) => sum + line.amount, 0);
  const finalizedSec = status === "draft" ? null : createdSec;
  return {
    ...emptyInvoice(id, { currency, createdSec }),
    amount_due: total,
    amount_paid: status === "paid" ? total : 0,
    amount_remaining: status === "paid" ? 0 : total,
    attempt_count: status === "paid" ? 1 : 0,
    attempted: status === "paid",
    auto_advance: status === "open",
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_tax_exempt: customer.tax_exempt ?? "none",
    effective_at: finalizedSec,
    ending_balance: finalizedSec === null ? null : 0,
    lines: {
      object: "list",
      data: lines,
      has_more: false,
      url: `/v1/invoices/${id}/lines`,
    },
    number: finalizedSec === null
      ? null
      : `${customer.invoice_prefix}-${
        String(customer.next_invoice_sequence).padStart(4, "0")
      }`,
    status,
    status_transitions: {
      finalized_at: finalizedSec,
      marked_uncollectible_at: status === "uncollectible" ? createdSec : null,
      paid_at: status === "paid" ? createdSec : null,
      voided_at: status === "void" ? createdSec : null,
    },
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
    webhooks_delivered_at: createdSec,
  };
}

function lineOf(
  invoice: string,
  line: SeedLine,
  at: { currency: string; createdSec: number },
): ApiInvoiceLine {
  const { quantity = 1, unitAmountMinor, price } = line;
  return {
    id: shortId("il"),
    object: "line_item",
    amount: unitAmountMinor * quantity,
    currency: at.currency,
    description: line.description,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice,
    livemode: false,
    metadata: {},
    parent: null,
    period: {
      start: line.periodStartSec ?? at.createdSec,
      end: line.periodEndSec ?? at.createdSec,
    },
    pretax_credit_amounts: [],
    pricing: price === undefined ? null : {
      type: "price_details",
      price_details: { price: price.id, product: price.product },
      unit_amount_decimal: String(unitAmountMinor),
    },
    quantity,
    quantity_decimal: String(quantity),
    subscription: null,
    subtotal: unitAmountMinor * quantity,
    taxes: [],
  };
}
