import type Stripe from "stripe";
import {
  lookupKeyOf,
  PAID_PLAN_IDS,
  type Prices,
} from "@/lib/billing/plans.ts";
import { INTERVALS } from "@/lib/billing/plans.ts";

/** Which configuration is meant; `null`: the one that setup made before. */
export type Chosen = { id: string | null } | { accountDefault: true };

/** What came of setting up the portal. */
export interface PortalSetup {
  /** `bpc_…`; null where the account has no default one to change. */
  id: string | null;
  changes: string[];
}

/** Tells our configuration from others of the account. */
const MARK = { portico: "portal" };

/** Stripe's most; configurations are made by hand, a few. */
const MAX_CONFIGURATIONS = 100;

/**
 * Makes, or brings up to date, what people can do in Stripe's portal: switch
 * plans at once with proration, go down at the end of the period, cancel at
 * the end of the period saying why, see invoices, change cards and billing
 * details.
 *
 * The account's default configuration can be changed, but no API makes one:
 * the app is told which is meant by `STRIPE_PORTAL_CONFIGURATION`.
 *
 * @throws {Error} What Stripe's SDK throws.
 * @see Stripe's API reference: portal configurations.
 */
export async function setUpPortal(
  stripe: Stripe,
  { chosen, prices, appUrl }: {
    chosen: Chosen;
    prices: Prices;
    appUrl: string;
  },
): Promise<PortalSetup> {
  const wanted = wantedConfiguration(prices, appUrl);
  const found = await findConfiguration(stripe, chosen);
  if (found === null) {
    if ("accountDefault" in chosen) return { id: null, changes: [] };
    const made = await stripe.billingPortal.configurations.create({
      ...wanted,
      metadata: MARK,
    });
    return { id: made.id, changes: [`portal configuration ${made.id}: made`] };
  }
  const missing = differences(wanted, found);
  if (missing.length === 0) return { id: found.id, changes: [] };
  await stripe.billingPortal.configurations.update(found.id, {
    ...wanted,
    active: true,
  });
  const changes = missing.map((path) =>
    `portal configuration ${found.id}: ${path}`
  );
  return { id: found.id, changes };
}

/** The configuration that is meant, with its products; null if there is none. */
export async function findConfiguration(
  stripe: Stripe,
  chosen: Chosen,
): Promise<Stripe.BillingPortal.Configuration | null> {
  const expand = ["features.subscription_update.products"];
  const { configurations } = stripe.billingPortal;
  if ("id" in chosen && chosen.id !== null) {
    return await configurations.retrieve(chosen.id, { expand });
  }
  const { data } = await configurations.list({
    limit: MAX_CONFIGURATIONS,
    active: true,
    ...("accountDefault" in chosen && { is_default: true }),
  });
  const found = data.find(({ metadata }) =>
    "accountDefault" in chosen || metadata?.["portico"] === MARK.portico
  );
  return found ? await configurations.retrieve(found.id, { expand }) : null;
}

/** Parts of a configuration that are not as the catalogue wants them. */
export function configurationProblems(
  configuration: Stripe.BillingPortal.Configuration,
  prices: Prices,
  appUrl: string,
): string[] {
  return differences(wantedConfiguration(prices, appUrl), configuration);
}

/** Stripe's own words for why somebody leaves, all of them. */
const REASONS = [
  ...["too_expensive", "missing_features", "switched_service", "unused"],
  ...["customer_service", "too_complex", "low_quality", "other"],
] as Stripe.BillingPortal.ConfigurationCreateParams.Features.SubscriptionCancel.CancellationReason.Option[];

function wantedConfiguration(prices: Prices, appUrl: string) {
  return {
    default_return_url: `${appUrl}/organization#/plans`,
    features: {
      customer_update: {
        enabled: true,
        allowed_updates: ["address", "email", "name", "tax_id"],
      },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true },
      subscription_cancel: {
        enabled: true,
        mode: "at_period_end",
        cancellation_reason: { enabled: true, options: REASONS },
      },
      subscription_update: {
        enabled: true,
        default_allowed_updates: ["price"],
        proration_behavior: "always_invoice",
        schedule_at_period_end: {
          conditions: [
            { type: "decreasing_item_amount" },
            { type: "shortening_interval" },
          ],
        },
        products: sellable(prices),
      },
    },
  } satisfies Stripe.BillingPortal.ConfigurationCreateParams;
}

/** The plans that somebody may change to, those whose prices are there. */
function sellable(prices: Prices): { product: string; prices: string[] }[] {
  return PAID_PLAN_IDS.flatMap((plan) => {
    const found = INTERVALS.flatMap((interval) => {
      const price = prices.get(lookupKeyOf({ plan, interval }));
      return price === undefined ? [] : [price];
    });
    const product = found[0]?.productId;
    if (product === undefined) return [];
    return [{ product, prices: found.map(({ id }) => id) }];
  });
}

/** Paths at which `found` is not as `wanted`; what else it has is its own. */
function differences(wanted: unknown, found: unknown, path = ""): string[] {
  if (Array.isArray(wanted)) {
    const same = Array.isArray(found) && wanted.length === found.length &&
      wanted.every((item) =>
        found.some((other) => differences(item, other).length === 0)
      );
    return same ? [] : [path];
  }
  if (typeof wanted !== "object" || wanted === null) {
    return wanted === found ? [] : [path];
  }
  const there = typeof found === "object" && found !== null ? found : {};
  return Object.entries(wanted).flatMap(([name, value]) =>
    differences(
      value,
      Reflect.get(there, name),
      path === "" ? name : `${path}.${name}`,
    )
  );
}
