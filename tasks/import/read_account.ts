import type Stripe from "stripe";
import type { Prices } from "@/lib/billing/plans.ts";
import { choiceOf } from "@/lib/billing/prices.ts";
import { idOf, isStripeError } from "@/lib/billing/stripe_client.ts";
import { organizationsIn } from "@/lib/billing/stripe_customers.ts";
import { PAID_STATUSES } from "@/lib/billing/subscription.ts";
import type { Services } from "@/lib/services.ts";
import type { ImportList } from "@/lib/store/imports.ts";
import { CommandError } from "../run_command.ts";
import { type ImportRun, LIST_START } from "./run.ts";

/** A customer of the Stripe account. */
export interface AccountCustomer {
  id: string;
  /** Organizations that its metadata names. */
  orgIds: string[];
}

/** A subscription of the Stripe account that has not ended. */
export interface AccountSubscription {
  id: string;
  customerId: string;
  orgIds: string[];
  /** Whether it is active, trialing or past due. */
  paid: boolean;
  /** Its price, if that is in no plan. */
  unknownPriceId: string | null;
}

/** The parts of a Stripe account that an import reads. */
export interface Account {
  customers: AccountCustomer[];
  subscriptions: AccountSubscription[];
}

/**
 * Reads all customers and current subscriptions of the account, in pages. Each
 * page is stored with the progress, so that an interrupted run continues.
 *
 * @throws {CommandError} If Stripe has no price of the catalogue.
 * @throws {Error} Any error from the Stripe SDK or the store.
 */
export async function readAccount(
  services: Services,
  run: ImportRun,
): Promise<Account> {
  const prices = await services.prices();
  if (prices.size === 0) {
    throw new CommandError(
      "Stripe has no price of the catalogue: run `deno task stripe:setup`, " +
        "or add your prices to `alsoPrices` in lib/billing/plans.ts",
    );
  }
  const { customers, subscriptions } = await services.stripe();
  await readList<Stripe.Customer>(run, "customers", {
    fetchPage: (params) => customers.list(params),
    toRow: (customer) => ({
      id: customer.id,
      orgIds: namedBy(services, customer),
    }),
  });
  await readList<Stripe.Subscription>(run, "subscriptions", {
    fetchPage: (params) => subscriptions.list(params),
    toRow: (subscription) => toRow(services, subscription, prices),
  });
  return {
    customers: await readRows<AccountCustomer>(services, run, "customers"),
    subscriptions: await readRows<AccountSubscription>(
      services,
      run,
      "subscriptions",
    ),
  };
}

const PAGE_SIZE = 100;

/** A list of Stripe, and what the import keeps of its objects. */
interface ListReader<T> {
  fetchPage(params: Stripe.PaginationParams): Promise<Page<T>>;
  /** Null for an object that the import does not need. */
  toRow(object: T): unknown | null;
}

interface Page<T> {
  data: T[];
  has_more: boolean;
}

async function readList<T extends { id: string }>(
  run: ImportRun,
  list: ImportList,
  { fetchPage, toRow }: ListReader<T>,
): Promise<void> {
  let read = run.progress.lists[list].pages * PAGE_SIZE;
  while (!run.progress.lists[list].done) {
    run.signal?.throwIfAborted();
    const { after, pages } = run.progress.lists[list];
    const page = await unlessDeleted(fetchPage({
      limit: PAGE_SIZE,
      ...(after !== null && { starting_after: after }),
    }));
    if (page === null) {
      await run.savePage(list, LIST_START);
      read = 0;
      continue;
    }
    const rows = page.data.map(toRow).filter((row) => row !== null);
    await run.savePage(list, {
      pages: pages + 1,
      after: page.data.at(-1)?.id ?? null,
      done: !page.has_more,
    }, rows);
    read += page.data.length;
    run.report(`${read.toLocaleString("en")} ${list} read`);
    await run.pause();
  }
}

/** @returns Null if the last object of the page before was deleted. */
async function unlessDeleted<T>(
  fetching: Promise<Page<T>>,
): Promise<Page<T> | null> {
  try {
    return await fetching;
  } catch (error) {
    if (isStripeError(error) && error.param === "starting_after") return null;
    throw error;
  }
}

async function readRows<T>(
  { store }: Services,
  { progress }: ImportRun,
  list: ImportList,
): Promise<T[]> {
  const rows = await store.readImportRows(list, progress.lists[list].pages);
  return rows as T[];
}

/** A metadata value may have 500 characters, an organization id 128. */
const MAX_ID = 140;
/** Two are ambiguous already. */
const MAX_ORGANIZATIONS = 2;

function namedBy(
  services: Services,
  { metadata }: { metadata: Stripe.Metadata },
): string[] {
  return organizationsIn(services, metadata).slice(0, MAX_ORGANIZATIONS)
    .map((orgId) => orgId.slice(0, MAX_ID));
}

const ENDED = ["canceled", "incomplete_expired"];

function toRow(
  services: Services,
  subscription: Stripe.Subscription,
  prices: Prices,
): AccountSubscription | null {
  const { id, customer, status, items } = subscription;
  if (ENDED.includes(status)) return null;
  const isSold = items.data.some(({ price }) => {
    const choice = choiceOf(prices, price);
    return choice !== null && "plan" in choice;
  });
  return {
    id,
    customerId: idOf(customer),
    orgIds: namedBy(services, subscription),
    paid: PAID_STATUSES.some((paid) => paid === status),
    unknownPriceId: isSold ? null : items.data[0]?.price.id ?? null,
  };
}
