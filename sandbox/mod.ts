import type { Config } from "@/lib/config/config.ts";
import { HOSTED_PAGES_PATH } from "@/lib/app.ts";
import type { Sandbox, SandboxIdentity } from "@/lib/services.ts";
import type { Store } from "@/lib/store/mod.ts";
import type { JSONWebKeySet } from "jose";
import { type DemoPlace, seedCatalogue, seedDemo } from "./seed.ts";
import { createEventsRoom, WEBHOOK_PATH } from "./webhook_console.ts";
import { createIdentity, type Identity } from "@/sandbox/sign_in/identity.ts";
import { createLocalStripe, type LocalStripe } from "local-stripe";

/** What the sandbox is opened on. */
export interface Outside {
  config: Config;
  /** The app's own store: a restart loses nothing, and nobody. */
  kv: Deno.Kv;
  store: Store;
  now: () => number;
}

/** What stands in, and the two seams by which the app reaches it. */
export interface OpenSandbox {
  sandbox: Sandbox;
  /** Only where sign-in is local. */
  localKeys?: () => Promise<JSONWebKeySet>;
  /** Only where Stripe is local. */
  stripeFetch?: typeof fetch;
  /** What the local Stripe signs its events for the app with. */
  webhookSecrets: readonly string[];
  /** The local Stripe itself, with the switches that tests turn. */
  stripe: LocalStripe | null;
}

/** Opens the stand-ins for whatever has no account configured. */
export async function openSandbox(outside: Outside): Promise<OpenSandbox> {
  const { config, kv, now } = outside;
  const demo = config.stripe.mode === "sandbox" ? openStripe(outside) : null;
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
      events: stripe && createEventsRoom(stripe, webhookUrl),
    },
    webhookSecrets: stripe
      ? await stripe.webhooks.endpointSecrets(webhookUrl)
      : [],
    ...(identity && { localKeys: () => identity.keys() }),
    ...(demo && { stripeFetch: withCatalogue(demo) }),
  };
}

function openStripe({ config, kv, store, now }: Outside): DemoPlace {
  const pagesUrl = `${config.appUrl}${HOSTED_PAGES_PATH}`;
  const stripeOptions = { kv, now, pagesUrl };
  const stripe = createLocalStripe(stripeOptions);
  const { appUrl } = config;
  return { kv, store, now, appUrl, stripe, stripeOptions };
}

/** The catalogue is there before Stripe is asked the first thing. */
function withCatalogue(place: DemoPlace): typeof fetch {
  return async (input, init) => {
    await seedCatalogue(place);
    return await place.stripe.fetch(input, init);
  };
}

/**
 * The demo organization gets its customer when the first person signs in:
 * before that nobody can look at it, and starting stays quick.
 */
function withDemo(identity: Identity, place: DemoPlace): SandboxIdentity {
  return {
    people: identity.people,
    refresh: (request) => identity.refresh(request),
    signOut: (request) => identity.signOut(request),
    async signIn(choice) {
      await seedDemo(place);
      return await identity.signIn(choice);
    },
  };
}
