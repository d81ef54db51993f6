import type Stripe from "stripe";
import { fetchPrices } from "@/lib/billing/prices.ts";
import type { Store } from "@/lib/store/mod.ts";
import { createStripe } from "@/lib/billing/stripe_client.ts";
import { setUpCatalogue } from "@/tasks/catalogue.ts";
import { setUpPortal } from "@/tasks/portal_configuration.ts";
import {
  type LocalStripe,
  type LocalStripeOptions,
  seedInvoice,
} from "local-stripe";

/** The organization that has a customer before anybody has paid. */
const DEMO_ORG = { id: "org_northwind", name: "Northwind Atelier" };

/** What the demo is made on. */
export interface DemoPlace {
  kv: Deno.Kv;
  store: Store;
  /** Milliseconds since the Unix epoch. */
  now: () => number;
  stripe: LocalStripe;
  appUrl: string;
  /** What the local Stripe was made with. */
  stripeOptions: LocalStripeOptions;
}

/**
 * Sets Stripe's account up, once a store, as `deno task stripe:setup` does it
 * for a real one: products, prices, and what the portal lets people do.
 */
export function seedCatalogue(place: DemoPlace): Promise<void> {
  return once(place, "catalogue", async (stripe) => {
    await setUpCatalogue(stripe);
    await setUpPortal(stripe, {
      chosen: { accountDefault: true },
      prices: await fetchPrices(stripe),
      appUrl: place.appUrl,
    });
  });
}

/**
 * Makes, once a store, the customer of the demo organization: a card, and
 * invoices to look at. One that was deleted since is not made again.
 */
export function seedDemo(place: DemoPlace): Promise<void> {
  return once(place, "customer", async (stripe) => {
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
    await seedInvoices(place, customer.id);
    await place.store.linkCustomer(DEMO_ORG.id, {
      stripeCustomerId: customer.id,
      createdAtMs: place.now(),
    });
  });
}

/** Bought before there were plans, as the organization has none yet. */
const PAST_SALES = [
  { daysAgo: 96, description: "Onboarding workshop", unitAmountMinor: 48_000 },
  { daysAgo: 61, description: "Data import", unitAmountMinor: 12_500 },
  { daysAgo: 20, description: "Support hours, 3", unitAmountMinor: 27_000 },
];

const DAY_SEC = 24 * 60 * 60;

async function seedInvoices(place: DemoPlace, customer: string): Promise<void> {
  const nowSec = Math.floor(place.now() / 1000);
  for (const { daysAgo, ...line } of PAST_SALES) {
    await seedInvoice(place.stripeOptions, {
      customer,
      createdSec: nowSec - daysAgo * DAY_SEC,
      lines: [line],
    });
  }
}

const running = new WeakMap<LocalStripe, Map<string, Promise<void>>>();

/**
 * Runs what makes a part of the demo, unless the store says that it was run.
 * Callers at one time share one run, and one that failed is run again: what
 * it had made comes back under the same idempotency keys.
 */
function once(
  place: DemoPlace,
  part: string,
  make: (stripe: Stripe) => Promise<void>,
): Promise<void> {
  const runs = running.get(place.stripe) ?? new Map<string, Promise<void>>();
  running.set(place.stripe, runs);
  const run = runs.get(part) ?? makeOnce(place, part, make);
  runs.set(part, run);
  run.catch(() => runs.delete(part));
  return run;
}

async function makeOnce(
  { kv, stripe, now }: DemoPlace,
  part: string,
  make: (stripe: Stripe) => Promise<void>,
): Promise<void> {
  const marker = ["sandbox", "demo", part];
  if ((await kv.get(marker)).value !== null) return;
  await make(await createStripe({ mode: "sandbox" }, stripe.fetch)());
  await kv.set(marker, { madeAtMs: now() });
}
