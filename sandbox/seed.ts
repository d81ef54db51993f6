import type Stripe from "stripe";
import { fetchPrices } from "@/lib/billing/prices.ts";
import { createStripe } from "@/lib/billing/stripe_client.ts";
import type { Store } from "@/lib/store/mod.ts";
import {
  type LocalStripe,
  type LocalStripeOptions,
  seedInvoice,
} from "local-stripe";
import { setUpCatalogue } from "@/tasks/catalogue.ts";
import { setUpPortal } from "@/tasks/portal_configuration.ts";

/** The organization that starts with a Stripe customer. */
const DEMO_ORG = { id: "org_northwind", name: "Northwind Atelier" };

/** Dependencies of the seed functions. */
export interface DemoContext {
  kv: Deno.Kv;
  store: Store;
  /** Milliseconds since the Unix epoch. */
  now: () => number;
  stripe: LocalStripe;
  appUrl: string;
  brandName: string;
  /** The options that the local Stripe was created with. */
  stripeOptions: LocalStripeOptions;
}

/**
 * Creates products, prices and the portal configuration, as `deno task
 * stripe:setup` does for a real account. Runs once per database.
 */
export function seedCatalogue(context: DemoContext): Promise<void> {
  return once(context, "catalogue", async (stripe) => {
    await setUpCatalogue(stripe, context.brandName);
    await setUpPortal(stripe, {
      choice: { accountDefault: true },
      prices: await fetchPrices(stripe),
      appUrl: context.appUrl,
    });
  });
}

/**
 * Creates the demo organization's customer, with a card and past invoices. Runs
 * once per database: a customer that was deleted is not recreated.
 */
export function seedDemo(context: DemoContext): Promise<void> {
  return once(context, "customer", async (stripe) => {
    const customer = await stripe.customers.create({
      name: DEMO_ORG.name,
      email: "billing@northwind.example",
      address: { line1: "12 Kiln Lane", city: "Bristol", country: "GB" },
      metadata: { organization: DEMO_ORG.id },
    }, { idempotencyKey: "sandbox-demo-customer" });
    const card = await stripe.paymentMethods.attach("pm_card_visa", {
      customer: customer.id,
    }, { idempotencyKey: "sandbox-demo-card" });
    await stripe.customers.update(customer.id, {
      invoice_settings: { default_payment_method: card.id },
    });
    await seedInvoices(context, customer.id);
    await context.store.linkCustomer(DEMO_ORG.id, {
      stripeCustomerId: customer.id,
      createdAtMs: context.now(),
    });
  });
}

/** One-off sales, because the demo organization has no subscription. */
const PAST_SALES = [
  { daysAgo: 96, description: "Onboarding workshop", unitAmountMinor: 48_000 },
  { daysAgo: 61, description: "Data import", unitAmountMinor: 12_500 },
  { daysAgo: 20, description: "Support, 3 hours", unitAmountMinor: 27_000 },
];

const DAY_SEC = 24 * 60 * 60;

async function seedInvoices(
  context: DemoContext,
  customer: string,
): Promise<void> {
  const nowSec = Math.floor(context.now() / 1000);
  for (const { daysAgo, ...line } of PAST_SALES) {
    await seedInvoice(context.stripeOptions, {
      customer,
      createdSec: nowSec - daysAgo * DAY_SEC,
      lines: [line],
    });
  }
}

const runsByStripe = new WeakMap<LocalStripe, Map<string, Promise<void>>>();

/**
 * Creates a part of the demo data once per database. Concurrent calls share one
 * run. A failed run is repeated by the next call; idempotency keys return the
 * objects that it had already created.
 */
function once(
  context: DemoContext,
  part: string,
  create: (stripe: Stripe) => Promise<void>,
): Promise<void> {
  const runs = runsByStripe.get(context.stripe) ??
    new Map<string, Promise<void>>();
  runsByStripe.set(context.stripe, runs);
  const run = runs.get(part) ?? createOnce(context, part, create);
  runs.set(part, run);
  run.catch(() => runs.delete(part));
  return run;
}

async function createOnce(
  { kv, stripe, now }: DemoContext,
  part: string,
  create: (stripe: Stripe) => Promise<void>,
): Promise<void> {
  const marker = ["sandbox", "demo", part];
  if ((await kv.get(marker)).value !== null) return;
  await create(await createStripe({ mode: "sandbox" }, stripe.fetch)());
  await kv.set(marker, { madeAtMs: now() });
}
