/** `deno task stripe:setup`: sets up the Stripe account for the app. */
import type Stripe from "stripe";
import { isLoopback } from "@/lib/config/addresses.ts";
import { type Config, loadConfig } from "@/lib/config/config.ts";
import { fetchPrices } from "@/lib/billing/prices.ts";
import { createStripe } from "@/lib/billing/stripe_client.ts";
import { setUpCatalogue } from "./catalogue.ts";
import { CommandError, runCommand } from "./run_command.ts";
import { setUpPortal } from "./portal_configuration.ts";
import { setUpEndpoint, webhookUrl } from "./webhook_endpoint.ts";

/** The result of a setup. */
export interface SetupReport {
  /** The changes made in Stripe, one line each; empty when run again. */
  changes: string[];
  /** Environment variables to set, including the webhook secret. */
  variables: Record<string, string>;
  /** Manual steps. */
  notes: string[];
}

/** The part of the configuration that setup reads. */
export type SetupConfig = Pick<
  Config,
  "appUrl" | "brand" | "portalConfiguration" | "stripe"
>;

/**
 * Creates or updates the products, prices, portal configuration and webhook
 * endpoint. Run it again after a change of the catalogue, or after a failure.
 *
 * @throws {Error} An error of Stripe's SDK.
 */
export async function setUp(
  stripe: Stripe,
  config: SetupConfig,
): Promise<SetupReport> {
  const { appUrl, brand, portalConfiguration } = config;
  const catalogue = await setUpCatalogue(stripe, brand.name);
  const portal = await setUpPortal(stripe, {
    choice: { id: portalConfiguration },
    prices: await fetchPrices(stripe),
    appUrl,
  });
  const endpoint = await setUpEndpointIfReachable(stripe, config);
  const portalIsNew = portal.id !== null && portal.id !== portalConfiguration;
  return {
    changes: [...catalogue, ...portal.changes, ...endpoint.changes],
    variables: {
      ...(portalIsNew && { STRIPE_PORTAL_CONFIGURATION: portal.id ?? "" }),
      ...(endpoint.secret && { STRIPE_WEBHOOK_SECRET: endpoint.secret }),
    },
    notes: endpoint.notes,
  };
}

interface EndpointReport {
  changes: string[];
  secret: string | null;
  notes: string[];
}

/** Stripe cannot deliver to a loopback address. */
async function setUpEndpointIfReachable(
  stripe: Stripe,
  { appUrl, stripe: account }: SetupConfig,
): Promise<EndpointReport> {
  const atStripe = account.mode !== "sandbox" && account.apiBase === null;
  if (atStripe && isLoopback(appUrl)) {
    const note = `Stripe cannot reach ${appUrl}: run ` +
      `\`stripe listen --forward-to ${webhookUrl(appUrl)}\`, ` +
      "and set STRIPE_WEBHOOK_SECRET to the secret that it prints.";
    return { changes: [], secret: null, notes: [note] };
  }
  const { outdated, ...result } = await setUpEndpoint(stripe, appUrl);
  const notes = outdated.map((id) =>
    `Webhook endpoint ${id} has another API version: delete it once the app ` +
    "runs with the new endpoint's secret."
  );
  return { ...result, notes };
}

/** Formats a report for the terminal. */
export function formatReport(
  { changes, variables, notes }: SetupReport,
): string[] {
  const assignments = Object.entries(variables).map(([name, value]) =>
    `  ${name}=${value}`
  );
  return [
    ...(changes.length === 0
      ? ["Nothing to change: Stripe is set up."]
      : ["Changed in Stripe:", ...changes.map((change) => `  ${change}`)]),
    ...(assignments.length === 0
      ? []
      : ["Set these variables:", ...assignments]),
    ...notes,
  ];
}

async function run(): Promise<number> {
  const config = loadConfig(Deno.env.toObject(), { beforeSetup: true });
  if (config.stripe.mode === "sandbox") {
    throw new CommandError(
      "STRIPE_SECRET_KEY is missing. The sandbox needs no setup.",
    );
  }
  const stripe = await createStripe(config.stripe)();
  const report = await setUp(stripe, config);
  formatReport(report).forEach((line) => console.log(line));
  return 0;
}

if (import.meta.main) Deno.exit(await runCommand(run));
