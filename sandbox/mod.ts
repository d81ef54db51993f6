import type { JSONWebKeySet } from "jose";
import { HOSTED_PAGES_PATH } from "@/lib/app.ts";
import { logoSource } from "@/lib/config/brand.ts";
import type { Config } from "@/lib/config/config.ts";
import type { Sandbox, SandboxIdentity } from "@/lib/sandbox.ts";
import type { Store } from "@/lib/store/mod.ts";
import { createIdentity, type Identity } from "@/sandbox/sign_in/identity.ts";
import { createLocalStripe, type LocalStripe } from "local-stripe";
import { type DemoContext, seedCatalogue, seedDemo } from "./seed.ts";
import { WEBHOOK_PATH } from "@/lib/webhooks/signature.ts";
import { createWebhookConsole } from "./webhook_console.ts";

/** Dependencies of {@linkcode openSandbox}. */
export interface SandboxOptions {
  config: Config;
  /** The app's own database, so that the sandbox survives a restart. */
  kv: Deno.Kv;
  store: Store;
  /** Milliseconds since the Unix epoch. */
  now: () => number;
}

/** The local services, and how the app connects to them. */
export interface OpenSandbox {
  sandbox: Sandbox;
  /** Verification keys; present if sign-in is local. */
  localKeys?: () => Promise<JSONWebKeySet>;
  /** Present if Stripe is local. */
  stripeFetch?: typeof fetch;
  /** Secrets that the local Stripe signs the app's events with. */
  webhookSecrets: readonly string[];
  /** The local Stripe, with its test controls. */
  stripe: LocalStripe | null;
}

/** Opens the local Stripe and sign-in, unless real ones are configured. */
export async function openSandbox(
  options: SandboxOptions,
): Promise<OpenSandbox> {
  const { config, kv, now } = options;
  const demo = config.stripe.mode === "sandbox" ? openStripe(options) : null;
  const stripe = demo?.stripe ?? null;
  const webhookUrl = `${config.appUrl}${WEBHOOK_PATH}`;
  const identity = config.auth.keys.kind === "sandbox"
    ? createIdentity({ kv, now, appUrl: config.appUrl })
    : null;
  return {
    stripe,
    sandbox: {
      identity: identity && demo ? withDemo(identity, demo) : identity,
      stripePages: stripe && ((request) => stripe.handle(request)),
      events: stripe && createWebhookConsole(stripe, webhookUrl),
    },
    webhookSecrets: stripe
      ? await stripe.webhooks.endpointSecrets(webhookUrl)
      : [],
    ...(identity && { localKeys: () => identity.keys() }),
    ...(demo && { stripeFetch: withCatalogue(demo) }),
  };
}

function openStripe({ config, kv, store, now }: SandboxOptions): DemoContext {
  const pagesUrl = `${config.appUrl}${HOSTED_PAGES_PATH}`;
  const stripeOptions = { kv, now, pagesUrl, ...brandingOf(config) };
  const stripe = createLocalStripe(stripeOptions);
  const { appUrl, brand: { name: brandName } } = config;
  return { kv, store, now, appUrl, brandName, stripe, stripeOptions };
}

/** The app's brand as settings of the Stripe account. */
function brandingOf({ appUrl, brand }: Config) {
  const { name, logo, color, supportUrl, termsUrl, privacyUrl } = brand;
  return {
    businessName: name,
    branding: {
      logo: logo ? new URL(logoSource(logo), appUrl).href : undefined,
      primaryColor: color ?? undefined,
      supportUrl: supportUrl ?? undefined,
      termsUrl: termsUrl ?? undefined,
      privacyUrl: privacyUrl ?? undefined,
    },
  };
}

/** Seeds the catalogue before the first request to Stripe. */
function withCatalogue(context: DemoContext): typeof fetch {
  return async (input, init) => {
    await seedCatalogue(context);
    return await context.stripe.fetch(input, init);
  };
}

/** Seeds the demo customer at the first sign-in, to keep startup fast. */
function withDemo(identity: Identity, context: DemoContext): SandboxIdentity {
  return {
    people: identity.people,
    refresh: (request) => identity.refresh(request),
    signOut: (request) => identity.signOut(request),
    async signIn(choice) {
      await seedDemo(context);
      return await identity.signIn(choice);
    },
  };
}
