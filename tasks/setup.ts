/** `deno task stripe:setup`: makes at Stripe what the app needs there. */
import type Stripe from "stripe";
import { isLoopback } from "@/lib/config/addresses.ts";
import { type Config, ConfigError, loadConfig } from "@/lib/config/config.ts";
import { fetchPrices } from "@/lib/billing/prices.ts";
import { createStripe } from "@/lib/billing/stripe_client.ts";
import { setUpCatalogue } from "./catalogue.ts";
import { runCommand } from "./run_command.ts";
import { setUpPortal } from "./portal_configuration.ts";
import { setUpEndpoint, webhookUrl } from "./webhook_endpoint.ts";

/** What setting up has come to. */
export interface SetupReport {
  /** What was changed at Stripe, a line each; nothing when run again. */
  changes: string[];
  /** Variables to set that are not set so yet. One may be a secret. */
  variables: Record<string, string>;
  /** What a person has to do besides. */
  notes: string[];
}

/** What setting up needs to know of the configuration. */
export type SetupConfig = Pick<
  Config,
  "appUrl" | "portalConfiguration" | "stripe"
>;

/**
 * Makes, or brings up to date, products, prices, portal configuration and
 * webhook endpoint. Repeat it whenever the catalogue has changed, or after a
 * failure.
 *
 * @throws {Error} What Stripe's SDK throws.
 */
export async function setUp(
  stripe: Stripe,
  config: SetupConfig,
): Promise<SetupReport> {
  const { appUrl, portalConfiguration } = config;
  const catalogue = await setUpCatalogue(stripe);
  const portal = await setUpPortal(stripe, {
    chosen: { id: portalConfiguration },
    prices: await fetchPrices(stripe),
    appUrl,
  });
  const apiRoute = await setUpEndpointIfReachable(stripe, config);
  const portalIsNew = portal.id !== null && portal.id !== portalConfiguration;
  return {
    changes: [...catalogue, ...portal.changes, ...apiRoute.changes],
    variables: {
      ...(portalIsNew && { STRIPE_PORTAL_CONFIGURATION: portal.id ?? "" }),
      ...(apiRoute.secret && { STRIPE_WEBHOOK_SECRET: apiRoute.secret }),
    },
    notes: apiRoute.notes,
  };
}

interface EndpointReport {
  changes: string[];
  secret: string | null;
  notes: string[];
}

/** Stripe itself delivers to no address that only this machine has. */
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
  const { outdated, ...made } = await setUpEndpoint(stripe, appUrl);
  const notes = outdated.map((id) =>
    `Webhook apiRoute ${id} has another API version: delete it once the app ` +
    "runs with the new one's secret."
  );
  return { ...made, notes };
}

/** The report as it is printed. */
export function setupLines(
  { changes, variables, notes }: SetupReport,
): string[] {
  const set = Object.entries(variables).map(([name, value]) =>
    `  ${name}=${value}`
  );
  return [
    ...(changes.length === 0
      ? ["Nothing to change: Stripe is set up."]
      : ["Changed at Stripe:", ...changes.map((change) => `  ${change}`)]),
    ...(set.length === 0 ? [] : ["Set these variables:", ...set]),
    ...notes,
  ];
}

async function run(): Promise<number> {
  const config = loadConfig(Deno.env.toObject(), { beforeSetup: true });
  if (config.stripe.mode === "sandbox") {
    throw new ConfigError([
      "STRIPE_SECRET_KEY is missing: the sandbox sets itself up.",
    ]);
  }
  const stripe = await createStripe(config.stripe)();
  const report = await setUp(stripe, config);
  setupLines(report).forEach((line) => console.log(line));
  return 0;
}

if (import.meta.main) Deno.exit(await runCommand(run));
