/**
 * Compares Portico with minimal programs that do the same work. Both sides run
 * alternately on one machine, so the ratios are meaningful and the absolute
 * figures are not. Linux only.
 *
 * Arguments select parts: `deno task bench charges`.
 */
import { compare, type Compared, row } from "./figures.ts";
import { denokv } from "./denokv.ts";
import { compareExpress } from "./express.ts";
import { growth } from "./growth.ts";
import { burst, ingest } from "./ingest.ts";
import { limiter } from "./limiter.ts";
import { type Load, responsesPerSecond } from "./load.ts";
import { scriptBytes } from "./script_size.ts";
import { type Server, type ServerOptions, startServer } from "./servers.ts";
import { makeSetting, type Setting } from "./setting.ts";
import { balances, charges } from "./wallet.ts";

const OPEN = ["-A"];

/** As in `deno task serve`, except for its permissions, which cost nothing. */
const PORTICO = [
  ...[...OPEN, "--no-config", "--unstable-kv", "--unstable-cron"],
  "_fresh/serve.js",
];

/** The environment of the parts. */
interface Run {
  folder: string;
  setting: Setting;
  /** Responds in place of Stripe, at no cost. */
  stripe: Server;
}

const PARTS: Record<string, (run: Run) => Promise<void>> = {
  portal: ({ setting }) => portalCalls(setting),
  limiter: ({ setting }) => limiter(setting, PORTICO),
  plans: ({ setting }) => plansPages(setting),
  start: (run) => starts(run),
  ingest: (run) => ingest({ ...run, portico: PORTICO }),
  burst: (run) => burst({ ...run, portico: PORTICO }),
  balance: ({ setting }) => balances({ setting, portico: PORTICO }),
  charges: ({ setting }) => charges({ setting, portico: PORTICO }),
  denokv: ({ setting }) => denokv({ setting, portico: PORTICO }),
  express: ({ setting }) => compareExpress({ setting, portico: PORTICO }),
  growth: ({ folder }) => growth(folder),
};

const parts = chosenParts(Deno.args);
await build();
const folder = await Deno.makeTempDir();
try {
  await using stripe = await startServer({
    args: [...OPEN, "bench/stripe_responder.ts"],
    env: {},
  });
  const setting = await makeSetting({ folder, stripeUrl: stripe.url });
  for (const part of parts) await part({ folder, setting, stripe });
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** @throws {Error} For an unknown name. */
function chosenParts(names: readonly string[]) {
  const unknown = names.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) {
    const known = Object.keys(PARTS).join(", ");
    throw new Error(`Cannot measure ${unknown}: parts are ${known}`);
  }
  return Object.entries(PARTS).flatMap(([name, part]) =>
    names.length === 0 || names.includes(name) ? [part] : []
  );
}

async function build(): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "build"],
  }).output();
  if (!success) throw new Error("Cannot measure: the build failed");
}

async function portalCalls(setting: Setting): Promise<void> {
  await using ours = await startPortico(setting, "portal_ours");
  await using theirs = await startRival(setting, "lean_portal.ts");
  const load = ({ url }: Server): Load => ({
    url: `${url}/api/v1/account/billing-portal`,
    method: "POST",
    headers: { Authorization: `Bearer ${setting.token}` },
  });
  const compared = await compareLoads(load(ours), load(theirs));
  print("Portal POST, beside a handler by hand", "a second", "≥ 1.1", compared);
}

async function plansPages(setting: Setting): Promise<void> {
  await using ours = await startPortico(setting, "page_ours");
  await using theirs = await startRival(setting, "hono_page.tsx");
  const headers = { Cookie: `__session=${setting.token}` };
  const load = ({ url }: Server): Load => ({
    url: `${url}/organization`,
    method: "GET",
    headers,
  });
  const compared = await compareLoads(load(ours), load(theirs));
  print("Plans page, beside Hono", "a second", "≥ 0.65", compared);
  await scripts(ours.url, headers);
}

function compareLoads(ours: Load, theirs: Load): Promise<Compared> {
  return compare({
    ours: () => responsesPerSecond(ours),
    theirs: () => responsesPerSecond(theirs),
  });
}

async function scripts(url: string, headers: HeadersInit): Promise<void> {
  const plans = await scriptBytes(`${url}/organization`, headers);
  const pricing = await scriptBytes(`${url}/pricing`, {});
  console.log(
    `Own script on the plans page: ${plans.own} bytes gzip   (≤ 3072), ` +
      `beside Fresh and Preact: ${plans.framework}`,
  );
  const total = pricing.own + pricing.framework;
  console.log(`Script on the pricing page: ${total} bytes   (0)`);
}

async function starts({ folder, setting }: Run): Promise<void> {
  const environment = await setting.environment("start");
  const ours = { args: PORTICO, env: environment, path: "/healthz" };
  const theirs = {
    args: [...OPEN, "--no-config", "--unstable-kv", "bench/rivals/bare.ts"],
    env: { KV_PATH: `${folder}/bare.sqlite3` },
  };
  const start = await compare({
    ours: () => measure(ours, ({ startMs }) => startMs),
    theirs: () => measure(theirs, ({ startMs }) => startMs),
  });
  print("Start to first 200, beside bare Deno.serve", "ms", "≤ 1.6", start);
  const memory = await compare({
    ours: () => measure(ours, idleMegabytes),
    theirs: () => measure(theirs, idleMegabytes),
  });
  print("Idle memory, beside bare Deno.serve", "MB", "≤ 1.35", memory);
}

async function measure(
  options: ServerOptions,
  read: (server: Server) => number | Promise<number>,
): Promise<number> {
  await using server = await startServer(options);
  return await read(server);
}

/** Measured half a second after the first response. */
async function idleMegabytes(server: Server): Promise<number> {
  await new Promise((done) => setTimeout(done, 500));
  return await server.memoryBytes() / 1e6;
}

async function startPortico(setting: Setting, name: string): Promise<Server> {
  const env = await setting.environment(name);
  return await startServer({ args: PORTICO, env, path: "/healthz" });
}

async function startRival(setting: Setting, script: string): Promise<Server> {
  const env = await setting.environment(script.replace(/\W/g, "_"));
  return await startServer({ args: [...OPEN, `bench/rivals/${script}`], env });
}

function print(
  name: string,
  unit: string,
  limit: string,
  compared: Compared,
): void {
  console.log(row(name, unit, limit, compared));
}
