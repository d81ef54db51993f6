import {
  deliverAll,
  ORGANIZATIONS,
  seedOrganizations,
  type SignedEvent,
  signEvents,
} from "./events.ts";
import { compare, row } from "./figures.ts";
import { type Server, startServer } from "./servers.ts";
import type { Setting } from "./setting.ts";

/** The environment of the run. */
export interface IngestOptions {
  setting: Setting;
  stripe: Server;
  /** Arguments of `deno run` that start Portico. */
  portico: readonly string[];
}

const PATH = "/api/v1/webhooks/stripe";
const EVENTS_PER_ROUND = 3_000;
const CALLERS = 32;

/** Compares webhook throughput with one check and one write per event. */
export async function ingest({ setting, portico }: IngestOptions) {
  const oursEnv = await withOrganizations(setting, "ingest_ours");
  const theirsEnv = await setting.environment("ingest_theirs");
  await using ours = await startServer({
    args: portico,
    env: oursEnv,
    path: "/healthz",
  });
  await using theirs = await startServer({
    args: ["-A", "bench/rivals/lean_webhook.ts"],
    env: theirsEnv,
  });
  const secret = oursEnv["STRIPE_WEBHOOK_SECRET"] ?? "";
  const compared = await compare({
    ours: ingestPerSecond(ours, secret),
    theirs: ingestPerSecond(theirs, secret),
  });
  console.log(
    row("Webhook ingest, beside verify and write", "a second", "–", compared),
  );
}

/** Delivers new events in each round and returns events per second. */
export function ingestPerSecond(
  { url }: Server,
  secret: string,
): () => Promise<number> {
  let round = 0;
  return async () => {
    const prefix = `round${++round}x`;
    const count = EVENTS_PER_ROUND;
    const events = await signEvents({ count, prefix, secret });
    const { totalMs } = await deliverAll(url + PATH, events, CALLERS);
    return count / totalMs * 1_000;
  };
}

const BURST = 5_000;
const WARM_UP = 500;
/** Nearly all at once, so that syncs of the same organization overlap. */
const BURST_CALLERS = 500;

/** Delivers a burst for many organizations, out of order, 5 % of it twice. */
export async function burst({ setting, stripe, portico }: IngestOptions) {
  const env = await withOrganizations(setting, "burst");
  await using server = await startServer({
    args: portico,
    env,
    path: "/healthz",
  });
  const secret = env["STRIPE_WEBHOOK_SECRET"] ?? "";
  const events = await signEvents({ count: BURST, prefix: "burst", secret });
  const url = server.url + PATH;
  // A first round is discarded, as it loads the code.
  const first = { count: WARM_UP, prefix: "warm", secret };
  await deliverAll(url, await signEvents(first), CALLERS);
  const before = await callsAt(stripe);
  const { latenciesMs } = await deliverAll(
    url,
    shuffled([...events, ...events.slice(0, BURST / 20)]),
    BURST_CALLERS,
  );
  const calls = await callsAt(stripe) - before;
  const p99Ms = latenciesMs.toSorted((a, b) => a - b)[
    Math.floor(latenciesMs.length * 0.99)
  ];
  console.log(
    `Burst of ${latenciesMs.length} events, ${ORGANIZATIONS} organizations: ` +
      `all acknowledged, p99 ${p99Ms?.toFixed(0)} ms   (< 1000), ` +
      `${calls} calls to Stripe`,
  );
}

/** Creates a configuration whose store has the organizations of the events. */
export async function withOrganizations(setting: Setting, name: string) {
  const env = await setting.environment(name);
  await seedOrganizations(env["KV_PATH"] ?? "");
  return env;
}

/** Returns how often the Stripe responder was asked for subscriptions. */
async function callsAt({ url }: Server): Promise<number> {
  return Number(await (await fetch(`${url}/calls`)).text());
}

/** Shuffles with a fixed seed. */
function shuffled(events: SignedEvent[]): SignedEvent[] {
  let seed = 1;
  const places = events.map((event) => {
    seed = seed * 48_271 % 2_147_483_647;
    return { event, place: seed };
  });
  return places.toSorted((a, b) => a.place - b.place)
    .map(({ event }) => event);
}
