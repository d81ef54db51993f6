import type Stripe from "stripe";
import { withDeadline } from "@/lib/async/timeout.ts";
import { BillingError, hasCode } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { StoredCustomer } from "@/lib/store/customers.ts";
import { withCustomer } from "./customers.ts";
import { idOf, isStripeError } from "./stripe_client.ts";

/** Statuses of finalized invoices, as Stripe names them. */
export const INVOICE_STATUSES = [
  "open",
  "paid",
  "uncollectible",
  "void",
] as const;

/**
 * An invoice as the API returns it. Amounts are in the currency's minor unit,
 * times are RFC 3339 in UTC.
 */
export interface Invoice {
  /** `in_…` */
  id: string;
  number: string | null;
  /** Describes an invoice by its first lines; null without lines. */
  description: string | null;
  status: typeof INVOICE_STATUSES[number];
  /** Lower-case ISO 4217. */
  currency: string;
  total: number;
  amount_due: number;
  amount_paid: number;
  created: string;
  period_start: string;
  period_end: string;
  hosted_invoice_url: string | null;
  invoice_pdf: string | null;
}

interface InvoicesRequest {
  orgId: string;
  /** 1 to 100 */
  limit: number;
  /** `in_…`, the last invoice of the previous page. */
  startingAfter?: string | undefined;
  /** Whether invoices link to their documents. */
  documents: boolean;
}

/** A page of invoices, newest first. */
export interface InvoicePage {
  items: Invoice[];
  /** Whether there may be older invoices. */
  hasMore: boolean;
}

const NONE: InvoicePage = { items: [], hasMore: false };

/**
 * Lists an organization's invoices from Stripe, including those of ended
 * subscriptions. Drafts are omitted: they can still change and nothing is due.
 * An invoice link shows the invoice to anyone who has it: never store it.
 *
 * @returns An empty page if the organization has no customer, or Stripe has
 * deleted it.
 * @throws {BillingError} `validation_error` if `startingAfter` is not an
 * invoice of this customer; `unavailable` if Stripe takes too long.
 * @throws {Error} Any error from the Stripe SDK or the store.
 */
export function listInvoices(
  services: Services,
  request: InvoicesRequest,
): Promise<InvoicePage> {
  const listing = list(services, request);
  return withDeadline(services, "listing invoices", listing);
}

async function list(
  services: Services,
  request: InvoicesRequest,
): Promise<InvoicePage> {
  const { orgId } = request;
  const customer = await services.store.readCustomer(orgId);
  if (customer === null) return NONE;
  try {
    return await withCustomer(
      services,
      { orgId, customer },
      async (stripe) => {
        await requireOwnStart(stripe, customer, request);
        return await readPage(stripe, customer, request);
      },
    );
  } catch (error) {
    if (hasCode(error, "no_stripe_customer")) return NONE;
    throw isUnknownStart(error) ? noSuchInvoice(error) : error;
  }
}

function isUnknownStart(error: unknown): boolean {
  return isStripeError(error) && error.code === "resource_missing" &&
    UNKNOWN_START.has(error.param ?? "");
}

/** The `param` of Stripe's error, which depends on the call. */
const UNKNOWN_START = new Set(["starting_after", "invoice", "id"]);

/** Stripe accepts any customer's invoice as `starting_after`. */
async function requireOwnStart(
  stripe: Stripe,
  { stripeCustomerId }: StoredCustomer,
  { startingAfter }: InvoicesRequest,
): Promise<void> {
  if (startingAfter === undefined) return;
  const { customer } = await stripe.invoices.retrieve(startingAfter);
  if (customer === null || idOf(customer) !== stripeCustomerId) {
    throw noSuchInvoice();
  }
}

function noSuchInvoice(cause?: unknown): BillingError {
  return new BillingError(
    "validation_error",
    "Invalid starting_after: invoice not found",
    { cause },
  );
}

/** Bounds the calls for customers with many drafts, which are skipped. */
const MAX_CALLS = 10;

async function readPage(
  stripe: Stripe,
  { stripeCustomerId }: StoredCustomer,
  { limit, startingAfter, documents }: InvoicesRequest,
): Promise<InvoicePage> {
  const items: Invoice[] = [];
  let after = startingAfter;
  for (let call = 0; call < MAX_CALLS; call++) {
    const page = await stripe.invoices.list({
      customer: stripeCustomerId,
      limit,
      ...(after !== undefined && { starting_after: after }),
    });
    const found = page.data.flatMap((one) => toInvoice(one, { documents }));
    const room = limit - items.length;
    items.push(...found.slice(0, room));
    if (found.length > room) return { items, hasMore: true };
    after = page.data.at(-1)?.id;
    if (!page.has_more || after === undefined) return { items, hasMore: false };
    if (items.length === limit) return { items, hasMore: true };
  }
  return { items, hasMore: true };
}

/** @returns An empty array for a draft. */
function toInvoice(
  invoice: Stripe.Invoice,
  { documents }: { documents: boolean },
): Invoice[] {
  const { id } = invoice;
  if (id === undefined || invoice.status === "draft") return [];
  const status = statusOf(invoice);
  const { number, currency, total, amount_due, amount_paid } = invoice;
  return [{
    id,
    number,
    description: descriptionOf(invoice),
    status,
    currency,
    total,
    amount_due,
    amount_paid,
    created: toTime(invoice.created),
    period_start: toTime(invoice.period_start),
    period_end: toTime(invoice.period_end),
    hosted_invoice_url: documents ? invoice.hosted_invoice_url ?? null : null,
    invoice_pdf: documents ? invoice.invoice_pdf ?? null : null,
  }];
}

/** A list has at most the first ten lines of each invoice. */
function descriptionOf(
  { description, lines: { data } }: Stripe.Invoice,
): string | null {
  if (description) return description;
  // A change of plan begins with the credit for the former one.
  const line = data.find(({ amount }) => amount > 0) ?? data[0];
  return line?.description ?? null;
}

/** Narrows Stripe's open type: this API version has no other statuses. */
function statusOf(invoice: Stripe.Invoice): Invoice["status"] {
  const known = INVOICE_STATUSES.find((one) => one === invoice.status);
  if (known === undefined) {
    throw new TypeError("Unknown invoice status");
  }
  return known;
}

function toTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
