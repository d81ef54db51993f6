import type Stripe from "stripe";
import {
  INTERVALS,
  lookupKeyOf,
  PAID_PLAN_IDS,
  type Prices,
} from "@/lib/billing/plans.ts";

/** Selects a configuration; a null id selects the one created by setup. */
export type ConfigurationChoice = { id: string | null } | {
  accountDefault: true;
};

/** The result of setting up the portal. */
export interface PortalSetup {
  /** `bpc_…`; null if the account has no default configuration. */
  id: string | null;
  changes: string[];
}

/** Metadata that identifies the configuration created by setup. */
const METADATA = { portico: "portal" };

/** Stripe's largest page; an account has a few configurations. */
const MAX_CONFIGURATIONS = 100;

/**
 * Creates or updates the configuration of Stripe's customer portal: upgrades
 * with immediate proration, downgrades and cancellations at the end of the
 * period, cancellation reasons, invoices, payment methods and billing details.
 *
 * The API can update the account's default configuration, but not create it.
 * So `STRIPE_PORTAL_CONFIGURATION` names the created one.
 *
 * @throws {Error} An error of Stripe's SDK.
 * @see Stripe's API reference: portal configurations.
 */
export async function setUpPortal(
  stripe: Stripe,
  { choice, prices, appUrl }: {
    choice: ConfigurationChoice;
    prices: Prices;
    appUrl: string;
  },
): Promise<PortalSetup> {
  const wanted = wantedConfiguration(prices, appUrl);
  const found = await findConfiguration(stripe, choice);
  if (found === null) {
    if ("accountDefault" in choice) return { id: null, changes: [] };
    const created = await stripe.billingPortal.configurations.create({
      ...wanted,
      metadata: METADATA,
    });
    const changes = [`portal configuration ${created.id}: created`];
    return { id: created.id, changes };
  }
  const differing = differences(wanted, found);
  if (differing.length === 0) return { id: found.id, changes: [] };
  await stripe.billingPortal.configurations.update(found.id, {
    ...wanted,
    active: true,
  });
  const changes = differing.map((path) =>
    `portal configuration ${found.id}: ${path}`
  );
  return { id: found.id, changes };
}

/** Retrieves a configuration with its products; null if there is none. */
export async function findConfiguration(
  stripe: Stripe,
  choice: ConfigurationChoice,
): Promise<Stripe.BillingPortal.Configuration | null> {
  const expand = ["features.subscription_update.products"];
  const { configurations } = stripe.billingPortal;
  if ("id" in choice && choice.id !== null) {
    return await configurations.retrieve(choice.id, { expand });
  }
  const { data } = await configurations.list({
    limit: MAX_CONFIGURATIONS,
    active: true,
    ...("accountDefault" in choice && { is_default: true }),
  });
  const found = data.find(({ metadata }) =>
    "accountDefault" in choice || metadata?.["portico"] === METADATA.portico
  );
  return found ? await configurations.retrieve(found.id, { expand }) : null;
}

/** Returns the paths at which a configuration differs from the catalogue. */
export function configurationProblems(
  configuration: Stripe.BillingPortal.Configuration,
  prices: Prices,
  appUrl: string,
): string[] {
  return differences(wantedConfiguration(prices, appUrl), configuration);
}

/** All of Stripe's cancellation reasons. */
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
        products: switchableProducts(prices),
      },
    },
  } satisfies Stripe.BillingPortal.ConfigurationCreateParams;
}

/** Products of the paid plans whose prices exist. */
function switchableProducts(
  prices: Prices,
): { product: string; prices: string[] }[] {
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

/** Paths at which `found` differs from `wanted`. Ignores other properties. */
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
  const actual = typeof found === "object" && found !== null ? found : {};
  return Object.entries(wanted).flatMap(([name, value]) =>
    differences(
      value,
      Reflect.get(actual, name),
      path === "" ? name : `${path}.${name}`,
    )
  );
}
