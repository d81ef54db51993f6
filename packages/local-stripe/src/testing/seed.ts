import type { ApiCustomer, ApiInvoice } from "../api/api_types.ts";
import type { Entry } from "../billing/invoice_lines.ts";
import { invoiceOf } from "../billing/invoice_objects.ts";
import { presentInvoice } from "../billing/invoice_presentation.ts";
import { newLine } from "../billing/line_objects.ts";
import { type Context, nowSec } from "../context.ts";
import { longId, pageSecret, sha256 } from "../store/ids.ts";
import { CUSTOMER, INVOICE, readParam } from "../store/schema.ts";

/** A line of a seeded invoice. */
export interface SeedLine {
  description: string;
  /** Price of one unit, an integer in the currency's minor unit. */
  unitAmountMinor: number;
  quantity?: number;
  /** The price and product of the line, if any. */
  price?: { id: string; product: string };
  /** The service period; the creation time by default. */
  periodStartSec?: number;
  periodEndSec?: number;
}

/** An invoice to seed. */
export interface SeedInvoice {
  /** An existing customer, `cus_…`. */
  customer: string;
  lines: SeedLine[];
  /** Three lower-case letters; "usd" by default. */
  currency?: string;
  /** "paid" by default. */
  status?: "draft" | "open" | "paid" | "uncollectible" | "void";
  /** Time of creation, finalization and payment; now by default. */
  createdSec?: number;
}

const MAX_LINES = 20;

/**
 * Stores an invoice with the customer's next invoice number, as if billing had created it.
 *
 * @throws {ApiError} 400 for an unknown customer.
 * @throws {RangeError} Unless there are 1 to 20 lines, with integer amounts.
 */
export async function storeInvoice(
  context: Context,
  seed: SeedInvoice,
): Promise<ApiInvoice> {
  checkSeed(seed);
  const { status = "paid" } = seed;
  const createdSec = seed.createdSec ?? nowSec(context);
  const secret = status === "draft" ? null : pageSecret();
  const digest = secret && await sha256(secret);
  return await context.store.untilWritten(async (writes) => {
    const owner = await readParam(context, CUSTOMER, {
      id: seed.customer,
      param: "customer",
    });
    const object = newInvoice(owner.object, { ...seed, status, createdSec });
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

/** The first invoice determines a customer's currency. */
function afterInvoice(
  customer: ApiCustomer,
  invoice: ApiInvoice,
): ApiCustomer {
  return {
    ...customer,
    currency: customer.currency ?? invoice.currency,
    next_invoice_sequence: customer.next_invoice_sequence +
      (invoice.number === null ? 0 : 1),
  };
}

type CompleteSeed =
  & SeedInvoice
  & Required<Pick<SeedInvoice, "status" | "createdSec">>;

function newInvoice(customer: ApiCustomer, seed: CompleteSeed): ApiInvoice {
  const id = longId("in");
  const { status, createdSec, currency = "usd" } = seed;
  const invoice = invoiceOf(id, {
    // Seeded invoices use neither the customer's balance nor its test clock.
    customer: { ...customer, balance: 0, test_clock: null },
    draft: {
      reason: "manual",
      currency,
      entries: [],
      takesPending: false,
      advances: false,
    },
    lines: seed.lines.map((line) => ({
      ...newLine(toEntry(line, { currency, createdSec }), {
        invoice: id,
        invoiceItem: null,
      }),
      parent: null,
    })),
    nowSec: createdSec,
  });
  const isPaid = status === "paid";
  const isNumbered = status !== "draft";
  return {
    ...invoice,
    amount_paid: isPaid ? invoice.total : 0,
    amount_remaining: isPaid ? 0 : invoice.total,
    attempt_count: isPaid ? 1 : 0,
    attempted: isPaid,
    auto_advance: status === "open",
    effective_at: isNumbered ? createdSec : null,
    ending_balance: isNumbered ? 0 : null,
    number: isNumbered ? nextNumber(customer) : null,
    status,
    status_transitions: {
      finalized_at: isNumbered ? createdSec : null,
      marked_uncollectible_at: status === "uncollectible" ? createdSec : null,
      paid_at: isPaid ? createdSec : null,
      voided_at: status === "void" ? createdSec : null,
    },
  };
}

function nextNumber(customer: ApiCustomer): string {
  const sequence = String(customer.next_invoice_sequence).padStart(4, "0");
  return `${customer.invoice_prefix}-${sequence}`;
}

function toEntry(
  line: SeedLine,
  { currency, createdSec }: { currency: string; createdSec: number },
): Entry {
  const { quantity = 1, unitAmountMinor } = line;
  return {
    amountMinor: unitAmountMinor * quantity,
    currency,
    description: line.description,
    startSec: line.periodStartSec ?? createdSec,
    endSec: line.periodEndSec ?? createdSec,
    quantity,
    unitDecimal: String(unitAmountMinor),
    price: line.price ?? null,
    metadata: {},
    subscription: null,
    item: null,
    proration: false,
  };
}
