import * as v from "valibot";
import { readPendingPurchases } from "@/lib/wallet/pending_purchases.ts";
import { readHistory } from "@/lib/wallet/history.ts";
import { type InvoicePage, listInvoices } from "@/lib/billing/invoices.ts";
import { ENTRY_KINDS, type Wallet } from "@/lib/store/ledger_types.ts";
import {
  type BillingView,
  PATIENCE_MS,
  readBillingView,
  readPagePrices,
} from "./billing_view.ts";
import { withTimeout } from "@/lib/async/timeout.ts";
import type { Prices } from "@/lib/billing/plans.ts";
import type { Services } from "@/lib/services.ts";
import type { Billing, PendingPurchase } from "@/lib/store/mod.ts";
import { isStripeError } from "@/lib/billing/stripe_client.ts";
import { usageByDay, type UsageDay } from "@/lib/wallet/usage.ts";
import { readAccount } from "@/lib/wallet/wallet.ts";

/** `GET /account`: which part of the ledger and of the invoices is shown. */
export const accountQuery = v.object({
  kind: v.optional(v.picklist(ENTRY_KINDS)),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(64))),
  after: v.optional(
    v.pipe(v.string(), v.regex(/^in_[A-Za-z0-9_]{1,250}$/, "an invoice's id")),
  ),
});
export type AccountView = v.InferOutput<typeof accountQuery>;

/** All that the account page shows. */
export interface AccountPage {
  billing: BillingView;
  wallet: Wallet;
  awaited: PendingPurchase[];
  usage: UsageDay[];
  history: Awaited<ReturnType<typeof readHistory>>;
  prices: Prices;
  /** Null: Stripe cannot be asked, or does not answer in time. */
  invoices: InvoicePage | null;
}

/** Entries and invoices that are shown at once. */
const ENTRIES = 20;
const INVOICES = 10;

/**
 * Reads all of it at once; Stripe is asked for invoices in one go and for a
 * bounded time, and what it cannot tell is said to be missing.
 *
 * @param asked `read`: the organization's billing if it was just read.
 * @throws {BillingError} `validation_error` for a cursor or an invoice that is
 * not this organization's.
 * @throws {Error} What the store throws.
 */
export async function readAccountPage(
  services: Services,
  orgId: string,
  { view, read }: { view: AccountView; read: Billing | null },
): Promise<AccountPage> {
  const [billing, prices, invoices, ledger] = await Promise.all([
    readBillingView(services, orgId, { read }),
    readPagePrices(services),
    readInvoices(services, orgId, view),
    readLedger(services, orgId, view),
  ]);
  const usage = usageByDay(ledger.wallet, services.now());
  return { billing, usage, prices, invoices, ...ledger };
}

/** The wallet first: what is due by now is an entry of the ledger too. */
async function readLedger(
  services: Services,
  orgId: string,
  { kind, cursor }: AccountView,
) {
  // Before the wallet: what arrives in between is told twice, and not missed.
  const awaited = await readPendingPurchases(services, orgId);
  const { wallet } = await readAccount(services, orgId);
  const request = { orgId, limit: ENTRIES, cursor: cursor ?? null, kind };
  return { awaited, wallet, history: await readHistory(services, request) };
}

async function readInvoices(
  services: Services,
  orgId: string,
  { after }: AccountView,
): Promise<InvoicePage | null> {
  const request = { orgId, limit: INVOICES, startingAfter: after };
  try {
    return await withTimeout(listInvoices(services, request), PATIENCE_MS);
  } catch (error) {
    if (!isStripeError(error)) throw error;
    services.log.warn("invoices not listed", { orgId }, error);
    return null;
  }
}
