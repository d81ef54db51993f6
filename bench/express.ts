import { ingestPerSecond, withOrganizations } from "./ingest.ts";
import { compare, row } from "./figures.ts";
import { responsesPerSecond } from "./load.ts";
import { type Server, startServer } from "./servers.ts";
import type { Setting } from "./setting.ts";
import {
  callsPerSecond,
  charge,
  organizationOf,
  readBalance,
  tokensOf,
  withWallets,
} from "./wallet.ts";

const FOLDER = new URL("./express/", import.meta.url).pathname;
const MANY = 1_000;

/** The environment of the run. */
export interface ExpressOptions {
  setting: Setting;
  /** Arguments of `deno run` that start Portico. */
  portico: readonly string[];
}

/** Compares the hot paths with Express on Node with SQLite. */
export async function compareExpress(options: ExpressOptions): Promise<void> {
  await install();
  await portal(options);
  await webhooks(options);
  await wallets(options);
}

/** Installs from the lock file once; may compile better-sqlite3. */
async function install(): Promise<void> {
  if (await exists(`${FOLDER}node_modules/.package-lock.json`)) return;
  const { success } = await new Deno.Command("npm", {
    args: ["ci", "--no-audit", "--no-fund"],
    cwd: FOLDER,
    stdout: "null",
  }).output();
  if (!success) throw new Error("Cannot measure beside Express: npm ci failed");
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function portal({ setting, portico }: ExpressOptions): Promise<void> {
  const token = await setting.tokenOf("org_bench");
  const env = await setting.environment("express_portal");
  await using ours = await startPortico(portico, env);
  await using theirs = await startExpress(env, ["org_bench"]);
  const perSecond = ({ url }: Server) => () =>
    responsesPerSecond({
      url: `${url}/api/v1/account/billing-portal`,
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
    });
  const compared = await compare({
    ours: perSecond(ours),
    theirs: perSecond(theirs),
  });
  print("Portal POST", "≥ 1.5", compared);
}

async function webhooks({ setting, portico }: ExpressOptions): Promise<void> {
  const env = await withOrganizations(setting, "express_webhooks");
  await using ours = await startPortico(portico, env);
  await using theirs = await startExpress(env, []);
  const secret = env["STRIPE_WEBHOOK_SECRET"] ?? "";
  const compared = await compare({
    ours: ingestPerSecond(ours, secret),
    theirs: ingestPerSecond(theirs, secret),
  });
  print("Webhooks", "≥ 3", compared);
}

async function wallets({ setting, portico }: ExpressOptions): Promise<void> {
  const organizations = Array.from(
    { length: MANY },
    (_, index) => organizationOf(index),
  );
  const env = await withWallets(setting, {
    name: "express_wallets",
    wallets: MANY,
  });
  await using ours = await startPortico(portico, env);
  await using theirs = await startExpress(env, organizations);
  const many = await tokensOf(setting, MANY);
  const rows = [
    ["Charges, 1,000 wallets", "≥ 3", charge, many],
    ["Charges, one wallet", "≥ 5", charge, many.slice(0, 1)],
    ["Balance, 1,000 organizations", "≥ 5", readBalance, many],
  ] as const;
  for (const [name, limit, call, tokens] of rows) {
    const compared = await compare({
      ours: () => callsPerSecond(ours, tokens, call),
      theirs: () => callsPerSecond(theirs, tokens, call),
    });
    print(name, limit, compared);
  }
}

function startPortico(
  args: readonly string[],
  env: Record<string, string>,
): Promise<Server> {
  return startServer({ args, env, path: "/healthz" });
}

/** @param organizations The organizations to seed the database with. */
function startExpress(
  env: Record<string, string>,
  organizations: readonly string[],
): Promise<Server> {
  return startServer({
    command: "node",
    args: [`${FOLDER}server.js`],
    env: {
      ...env,
      DATABASE: `${env["KV_PATH"]}.express`,
      NODE_ENV: "production",
      ORGANIZATIONS: organizations.join(","),
    },
    path: "/healthz",
  });
}

function print(
  name: string,
  limit: string,
  compared: Awaited<ReturnType<typeof compare>>,
): void {
  console.log(row(`${name}, beside Express`, "a second", limit, compared));
}
