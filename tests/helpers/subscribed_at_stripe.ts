import { lookupKeyOf } from "@/lib/billing/plans.ts";
import type { Subscription } from "@/lib/store/mod.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { giveCustomer, ORG, type TestApp } from "./app.ts";

/** A purchase at the local Stripe. */
export interface Bought {
  plan?: "pro" | "scale";
  interval?: "month" | "year";
  trialDays?: number;
}

/** Subscribes an organization at the local Stripe with a working card. */
export async function subscribeAtStripe(
  app: TestApp,
  { plan = "pro", interval = "month", trialDays }: Bought = {},
): Promise<Subscription> {
  const { services } = app;
  const stripe = await services.stripe();
  const customer = await giveCustomer(app);
  const card = await stripe.paymentMethods.attach("pm_card_visa", { customer });
  const price = (await services.prices()).get(lookupKeyOf({ plan, interval }));
  if (price === undefined) throw new Error("The catalogue has no prices");
  await stripe.subscriptions.create({
    customer,
    items: [{ price: price.id }],
    default_payment_method: card.id,
    metadata: { organization: ORG },
    ...(trialDays !== undefined && { trial_period_days: trialDays }),
  });
  const { subscription } = await syncSubscription(services, ORG);
  if (subscription === null) throw new Error("Nothing was bought");
  return subscription;
}
