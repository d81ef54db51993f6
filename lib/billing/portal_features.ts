import type Stripe from "stripe";
import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { PortalIntent } from "./portal_flows.ts";

type Flow = NonNullable<PortalIntent["flow"]>;

/** Returns the error of a flow that Stripe would refuse. */
export function refusedFlow(flow: string, cause?: unknown): BillingError {
  return new BillingError(
    "validation_error",
    `Cannot open flow ${flow}: Stripe does not allow it`,
    { reason: "flow_refused", cause },
  );
}

/**
 * Checks that the portal configuration enables a flow. Creating a session makes
 * the same check at Stripe.
 *
 * @throws {BillingError} `validation_error` if it does not.
 * @throws {Error} Any error from the Stripe SDK.
 */
export async function requireFeature(
  { config, stripe }: Pick<Services, "config" | "stripe">,
  flow: Flow,
): Promise<void> {
  const { configurations } = (await stripe()).billingPortal;
  const { features } = config.portalConfiguration === null
    ? await defaultOf(configurations)
    : await configurations.retrieve(config.portalConfiguration);
  const feature = flow === "subscription_update_confirm"
    ? "subscription_update"
    : flow;
  if (!features[feature].enabled) throw refusedFlow(flow);
}

async function defaultOf(
  configurations: Stripe["billingPortal"]["configurations"],
): Promise<Stripe.BillingPortal.Configuration> {
  const { data: [found] } = await configurations.list({ is_default: true });
  if (found === undefined) throw new Error("There is no portal configuration");
  return found;
}
