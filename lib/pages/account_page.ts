import * as v from "valibot";
import { withTimeout } from "@/lib/async/timeout.ts";
import { type InvoicePage, listInvoices } from "@/lib/billing/invoices.ts";
import {
  type NextInvoice,
  previewRenewal,
} from "@/lib/billing/invoice_preview.ts";
import type { Prices } from "@/lib/billing/plans.ts";
import { isStripeError } from "@/lib/billing/stripe_client.ts";
import type { Services } from "@/lib/services.ts";
import type { PendingPurchase } from "@/lib/store/pending_purchases.ts";
import type { Billing } from "@/lib/store/subscriptions.ts";
import { invoiceId } from "@/lib/http/schemas/invoices.ts";
import { isoDay } from "@/lib/http/schemas/wallet.ts";
import { readHistory } from "@/lib/wallet/history.ts";
import { ENTRY_KINDS, type Wallet } from "@/lib/store/ledger_types.ts";
import { readPendingPurchases } from "@/lib/wallet/pending_purchases.ts";
import { usageByDay, type UsageDay } from "@/lib/wallet/usage.ts";
import { readAccount } from "@/lib/wallet/wallet.ts";
import {
  type BillingView,
  PAGE_STRIPE_TIMEOUT_MS,
  readBillingView,
  readPagePrices,
} from "./billing_view.ts";

/** A date field of a form, which is sent even if it is empty. */
const day = v.optional(
  v.union([
    v.pipe(v.literal(""), v.transform(() => undefined)),
    isoDay,
  ]),
);

/** The query of the usage page: filters and pages the ledger. */
export const usageQuery = v.object({
  kind: v.optional(v.picklist(ENTRY_KINDS)),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(64))),
  from: day,
  to: day,
});

/** The query of the invoices page. */
export const invoicesPageQuery = v.object({
  after: v.optional(invoiceId),
});

/** The query of `GET /account`, which shows both. */
export const accountQuery = v.object({
  ...usageQuery.entries,
  ...invoicesPageQuery.entries,
});
export type AccountQuery = v.InferOutput<typeof accountQuery>;

/** The page that shows a list, and the lists' filters and positions. */
export interface AccountView extends AccountQuery {
  path: string;
}

/** The data of the usage page. */
export interface UsagePage {
  billing: BillingView;
  wallet: Wallet;
  pendingPurchases: PendingPurchase[];
  usage: UsageDay[];
  history: Awaited<ReturnType<typeof readHistory>>;
  prices: Prices;
}

/** The data of the invoices page. */
export interface InvoicesPage {
  billing: BillingView;
  /** Null if no renewal is due, or Stripe does not preview it in time. */
  next: NextInvoice | null;
  /** Null if Stripe is unreachable or too slow. */
  invoices: InvoicePage | null;
}

/** The data of the account page. */
export type AccountPage = UsagePage & Omit<InvoicesPage, "next">;

interface ReadOptions {
  view: AccountView;
  /** The organization's billing, if the request has read it already. */
  read: Billing | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const ENTRIES_PER_PAGE = 20;
const INVOICES_PER_PAGE = 10;

/**
 * Reads the data of the account page. Waits for Stripe for a bounded time and
 * reports data that is missing.
 *
 * @param options `documents`: whether invoices link to their documents.
 * @throws {BillingError} `validation_error` for a cursor or an invoice of
 * another organization.
 * @throws {Error} Any error from the store.
 */
export async function readAccountPage(
  services: Services,
  orgId: string,
  { view, read, documents }: ReadOptions & { documents: boolean },
): Promise<AccountPage> {
  const [invoices, usagePage] = await Promise.all([
    readInvoices(services, orgId, { view, documents }),
    readUsagePage(services, orgId, { view, read }),
  ]);
  return { ...usagePage, invoices };
}

/** Reads the data of the usage page, like {@linkcode readAccountPage}. */
export async function readUsagePage(
  services: Services,
  orgId: string,
  { view, read }: ReadOptions,
): Promise<UsagePage> {
  const [billing, prices, ledger] = await Promise.all([
    readBillingView(services, orgId, { read }),
    readPagePrices(services),
    readLedger(services, orgId, view),
  ]);
  const usage = usageByDay(ledger.wallet, billing.nowMs);
  return { billing, usage, prices, ...ledger };
}

/** Reads the data of the invoices page, like {@linkcode readAccountPage}. */
export async function readInvoicesPage(
  services: Services,
  orgId: string,
  { view, read, documents }: ReadOptions & { documents: boolean },
): Promise<InvoicesPage> {
  const [[billing, next], invoices] = await Promise.all([
    readBillingView(services, orgId, { read }).then(async (billing) =>
      [
        billing,
        await readNextInvoice(services, orgId, { billing, view }),
      ] as const
    ),
    readInvoices(services, orgId, { view, documents }),
  ]);
  return { billing, next, invoices };
}

async function readNextInvoice(
  services: Services,
  orgId: string,
  { billing: { subscription }, view }: {
    billing: BillingView;
    view: AccountView;
  },
): Promise<NextInvoice | null> {
  if (subscription === null || view.after !== undefined) return null;
  return await withTimeout(
    previewRenewal(services, orgId, subscription),
    PAGE_STRIPE_TIMEOUT_MS,
  );
}

async function readLedger(
  services: Services,
  orgId: string,
  { kind, cursor, from, to }: AccountView,
) {
  // Read before the wallet: a payment that clears in between is then shown
  // twice instead of not at all.
  const pendingPurchases = await readPendingPurchases(services, orgId);
  // Read before the history, because it posts the grants that are due.
  const { wallet } = await readAccount(services, orgId);
  const history = await readHistory(services, {
    orgId,
    limit: ENTRIES_PER_PAGE,
    cursor: cursor ?? null,
    kind,
    fromMs: from === undefined ? undefined : Date.parse(from),
    toMs: to === undefined ? undefined : Date.parse(to) + DAY_MS,
  });
  return { pendingPurchases, wallet, history };
}

async function readInvoices(
  services: Services,
  orgId: string,
  { view, documents }: { view: AccountView; documents: boolean },
): Promise<InvoicePage | null> {
  const request = {
    orgId,
    limit: INVOICES_PER_PAGE,
    documents,
    startingAfter: view.after,
  };
  try {
    return await withTimeout(
      listInvoices(services, request),
      PAGE_STRIPE_TIMEOUT_MS,
    );
  } catch (error) {
    if (!isStripeError(error)) throw error;
    services.log.warn("listing invoices failed", { orgId }, error);
    return null;
  }
}
