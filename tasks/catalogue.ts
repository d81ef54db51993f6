import type Stripe from "stripe";
import { formatCount } from "@/lib/pages/formats.ts";
import { FALLBACK_LOCALE } from "@/lib/pages/locale.ts";
import {
  CREDIT_PACKS,
  type CreditPack,
  type Interval,
  INTERVALS,
  type Plan,
  PLANS,
  type Price,
  type Prices,
  SUGGESTED_CURRENCY,
} from "@/lib/billing/plans.ts";
import { fetchPrices } from "@/lib/billing/prices.ts";
import { idOf, retrieveOrNull } from "@/lib/billing/stripe_client.ts";

/** A product of the catalogue with its prices. */
interface Offer {
  /** A fixed id, so that a second run finds the product. */
  productId: string;
  name: string;
  description: string;
  prices: {
    lookupKey: string;
    amountMinor: number;
    interval: Interval | null;
  }[];
}

/**
 * Creates or updates the products and prices of `lib/billing/plans.ts` in
 * Stripe. The amount of a price is immutable, so a changed amount creates a
 * price that takes over the lookup key. Existing subscriptions keep the old one.
 *
 * @param brandName Begins the names of products, which customers see in
 * Checkout and on invoices.
 * @returns The changes, one line each; empty when run again.
 * @throws {Error} An error of Stripe's SDK. Safe to retry.
 */
export async function setUpCatalogue(
  stripe: Stripe,
  brandName: string,
): Promise<string[]> {
  const known = await fetchPrices(stripe);
  const changes: string[] = [];
  for (const offer of offers(brandName)) {
    const productId = await setUpProduct(stripe, { offer, known, changes });
    for (const wanted of offer.prices) {
      if (matches(known.get(wanted.lookupKey), wanted)) continue;
      await createPrice(stripe, productId, wanted);
      const { amountMinor, lookupKey } = wanted;
      changes.push(
        `price ${lookupKey}: ${amountMinor} ${SUGGESTED_CURRENCY} ` +
          "(in its minor unit)",
      );
    }
  }
  return changes;
}

function offers(brandName: string): Offer[] {
  return [
    ...PLANS.flatMap((plan) => planOffer(plan, brandName)),
    ...CREDIT_PACKS.map((pack) => packOffer(pack, brandName)),
  ];
}

function packOffer(pack: CreditPack, brandName: string): Offer {
  const { id, name, lookupKey, suggestedAmount } = pack;
  // Stripe stores one description for all languages.
  const tokens = formatCount(pack.tokens, FALLBACK_LOCALE);
  return {
    productId: `portico_credits_${id}`,
    name: `${brandName} ${name.en} credit pack`,
    description: `${tokens} tokens, bought once`,
    prices: [{ lookupKey, amountMinor: suggestedAmount, interval: null }],
  };
}

function planOffer(plan: Plan, brandName: string): Offer[] {
  const { id, name, summary, lookupKeys, suggestedAmounts } = plan;
  if (lookupKeys === null || suggestedAmounts === null) return [];
  return [{
    productId: `portico_plan_${id}`,
    name: `${brandName} ${name}`,
    description: summary.en,
    prices: INTERVALS.map((interval) => ({
      lookupKey: lookupKeys[interval],
      amountMinor: suggestedAmounts[interval],
      interval,
    })),
  }];
}

/**
 * Existing prices determine the product; otherwise it has the fixed id. A
 * product that the operator created keeps its name and description.
 */
async function setUpProduct(
  stripe: Stripe,
  { offer, known, changes }: {
    offer: Offer;
    known: Prices;
    changes: string[];
  },
): Promise<string> {
  const { name, description } = offer;
  const priced = offer.prices
    .map(({ lookupKey }) => known.get(lookupKey)?.productId)
    .find((productId) => productId !== undefined);
  const id = priced ?? offer.productId;
  const product = await retrieveOrNull(stripe.products.retrieve(id));
  if (product === null) {
    await stripe.products.create({ id, name, description });
    changes.push(`product ${name}: created`);
  } else if (id !== offer.productId) {
    if (product.active) return id;
    await stripe.products.update(id, { active: true });
    changes.push(`product ${product.name}: activated`);
  } else if (
    product.name !== name || product.description !== description ||
    !product.active
  ) {
    await stripe.products.update(id, { name, description, active: true });
    changes.push(`product ${name}: updated`);
  }
  return id;
}

function matches(
  price: Price | undefined,
  wanted: Offer["prices"][number],
): boolean {
  return price?.amountMinor === wanted.amountMinor &&
    price.currency === SUGGESTED_CURRENCY &&
    price.interval === wanted.interval;
}

async function createPrice(
  stripe: Stripe,
  product: string,
  { lookupKey, amountMinor, interval }: Offer["prices"][number],
): Promise<string> {
  const price = await stripe.prices.create({
    product,
    currency: SUGGESTED_CURRENCY,
    unit_amount: amountMinor,
    // The portal only switches between prices with the same tax behavior.
    tax_behavior: "exclusive",
    ...(interval !== null && { recurring: { interval } }),
    lookup_key: lookupKey,
    transfer_lookup_key: true,
  });
  return idOf(price);
}
