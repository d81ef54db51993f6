import type Stripe from "stripe";
import { withCustomer } from "./customers.ts";
import { BillingError } from "@/lib/errors.ts";
import { withDeadline } from "@/lib/async/timeout.ts";
import { idOf } from "./prices.ts";
import {
  INVOICE_STATUSES,
  type InvoiceAnswer,
} from "@/lib/http/schemas/invoices.ts";
import type { Services } from "@/lib/services.ts";
import type { StoredCustomer } from "@/lib/store/mod.ts";
import { isStripeError } from "./stripe_client.ts";

/** Whose invoices, and which of them. */
export interface InvoicesRequest {
  orgId: string;
  /** 1 to 100 */
  limit: number;
  /** `in_…`, the last one of the page before. */
  startingAfter?: string | undefined;
}

/** A page of invoices, newest first. */
export interface InvoicePage {
  items: InvoiceAnswer[];
  /** Whether there may be older ones. */
  hasMore: boolean;
}

const NONE: InvoicePage = { items: [], hasMore: false };

/**
 * An organization's invoices as Stripe has them now, also of a subscription
 * that has ended. Drafts are left out: nothing is owed on them yet, and they
 * can still change. Links to invoices let anybody see them: never store them.
 *
 * @returns No invoices for an organization without customer, also where
 * Stripe has it no longer, which is then forgotten.
 * @throws {BillingError} `validation_error` if `startingAfter` is no invoice
 * of this customer; `internal_error` if Stripe fails, `unavailable` if it takes
 * too long.
 * @see The HTTP contract, GET /api/v1/billing/invoices.
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
        await requireOwn(stripe, customer, request);
        return await collect(stripe, customer, request);
      },
    );
  } catch (error) {
    return resolveFailure(error);
  }
}

function resolveFailure(error: unknown): InvoicePage {
  if (error instanceof BillingError && error.code === "no_stripe_customer") {
    return NONE;
  }
  throw isUnknownStart(error) ? noSuchInvoice(error) : error;
}

function isUnknownStart(error: unknown): boolean {
  return isStripeError(error) && error.code === "resource_missing" &&
    UNKNOWN_START.has(error.param ?? "");
}

/** What Stripe calls the invoice, as it was asked about. */
const UNKNOWN_START = new Set(["starting_after", "invoice", "id"]);

/** Stripe pages on from anybody's invoice: whose it is we have to ask. */
async function requireOwn(
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
    "Invalid starting_after: there is no such invoice",
    { cause },
  );
}

/** Nobody has so many drafts; Stripe is not asked without an end. */
const MAX_CALLS = 10;

async function collect(
  stripe: Stripe,
  { stripeCustomerId }: StoredCustomer,
  { limit, startingAfter }: InvoicesRequest,
): Promise<InvoicePage> {
  const items: InvoiceAnswer[] = [];
  let after = startingAfter;
  for (let call = 0; call < MAX_CALLS; call++) {
    const page = await stripe.invoices.list({
      customer: stripeCustomerId,
      limit,
      ...(after !== undefined && { starting_after: after }),
    });
    const found = page.data.flatMap(showInvoice);
    const room = limit - items.length;
    items.push(...found.slice(0, room));
    if (found.length > room) return { items, hasMore: true };
    after = page.data.at(-1)?.id;
    if (!page.has_more || after === undefined) return { items, hasMore: false };
    if (items.length === limit) return { items, hasMore: true };
  }
  return { items, hasMore: true };
}

/** Nothing for a draft. */
function showInvoice(invoice: Stripe.Invoice): InvoiceAnswer[] {
  const { id } = invoice;
  if (id === undefined || invoice.status === "draft") return [];
  const status = statusOf(invoice);
  const { number, currency, total, amount_due, amount_paid } = invoice;
  return [{
    ...{ id, number, status, currency, total, amount_due, amount_paid },
    created: toTime(invoice.created),
    period_start: toTime(invoice.period_start),
    period_end: toTime(invoice.period_end),
    hosted_invoice_url: invoice.hosted_invoice_url ?? null,
    invoice_pdf: invoice.invoice_pdf ?? null,
  }];
}

/** Stripe's types leave room for more; this API version has no others. */
function statusOf(invoice: Stripe.Invoice): InvoiceAnswer["status"] {
  const known = INVOICE_STATUSES.find((one) => one === invoice.status);
  if (known === undefined) {
    throw new TypeError("An invoice has a status that is not known");
  }
  return known;
}

function toTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
