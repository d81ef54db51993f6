import { createStore, openKv } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { compare, row } from "./figures.ts";
import { RawClient } from "./raw_client.ts";
import { type Server, startServer } from "./servers.ts";
import type { Setting } from "./setting.ts";

/** The environment of the run. */
export interface WalletOptions {
  setting: Setting;
  /** Arguments of `deno run` that start Portico. */
  portico: readonly string[];
}

const MANY = 100;
const PLENTY = 1_000_000_000;

/** Compares charges per second, for many wallets and for one. */
export async function charges(options: WalletOptions): Promise<void> {
  const name = "beside a commit each";
  const spread = await compareCharges(options, MANY);
  console.log(
    row(`Charges, 100 wallets, ${name}`, "a second", "≥ 1.5", spread),
  );
  const hot = await compareCharges(options, 1);
  console.log(row(`Charges, one wallet, ${name}`, "a second", "≥ 6", hot));
}

async function compareCharges(options: WalletOptions, wallets: number) {
  const { setting, portico } = options;
  const name = `charges_${wallets}`;
  await using ours = await startServer({
    args: portico,
    env: await withWallets(setting, { name: `${name}_ours`, wallets }),
    path: "/healthz",
  });
  await using theirs = await startServer({
    args: ["-A", "bench/rivals/lean_charges.ts"],
    env: await withWallets(setting, { name: `${name}_theirs`, wallets }),
  });
  const tokens = await tokensOf(setting, wallets);
  return await compare({
    ours: () => callsPerSecond(ours, tokens, charge),
    theirs: () => callsPerSecond(theirs, tokens, charge),
  });
}

/** Returns the id of the organization at an index. */
export const organizationOf = (index: number) => `org_wallet${index}`;

/** Creates a configuration whose store has wallets with plenty of tokens. */
export async function withWallets(
  setting: Setting,
  { name, wallets }: { name: string; wallets: number },
): Promise<Record<string, string>> {
  const env = await setting.environment(name);
  const store = createStore(await openKv(env["KV_PATH"] ?? ""), applyPosting);
  await Promise.all(
    Array.from(
      { length: wallets },
      (_, index) =>
        store.post(organizationOf(index), {
          kind: "purchase",
          source: "checkout:cs_bench",
          description: "Plenty",
          tokens: PLENTY,
        }, Date.now()),
    ),
  );
  store.close();
  return env;
}

const CALLERS = 32;
const SECONDS = 2;

type Call = (client: RawClient, token: string) => Promise<void>;

/**
 * Repeats a call from 32 concurrent callers, for each organization in turn.
 *
 * @returns Responses per second.
 */
export async function callsPerSecond(
  { url }: Server,
  tokens: readonly string[],
  call: Call,
): Promise<number> {
  const startedMs = performance.now();
  let count = 0;
  await Promise.all(Array.from({ length: CALLERS }, async () => {
    using client = await RawClient.open(url);
    while (performance.now() - startedMs < SECONDS * 1_000) {
      await call(client, tokens[count++ % tokens.length] ?? "");
    }
  }));
  return count / (performance.now() - startedMs) * 1_000;
}

/** Creates a session token for each organization. */
export function tokensOf(setting: Setting, count: number): Promise<string[]> {
  return Promise.all(
    Array.from(
      { length: count },
      (_, index) => setting.tokenOf(organizationOf(index)),
    ),
  );
}

const BODY = JSON.stringify({ tokens: 1 });

/** @throws {Error} If the status is not 201. */
export async function charge(client: RawClient, token: string): Promise<void> {
  const status = await client.post("/api/v1/billing/charges", {
    headers: {
      "Authorization": `Bearer ${token}`,
      "Content-Type": "application/json",
      "Idempotency-Key": crypto.randomUUID(),
    },
    body: BODY,
  });
  if (status === 201) return;
  throw new Error(`Cannot measure: a charge got status ${status}`);
}

/** @throws {Error} If the status is not 200. */
export async function readBalance(
  client: RawClient,
  token: string,
): Promise<void> {
  const headers = { Authorization: `Bearer ${token}` };
  const status = await client.get("/api/v1/account/balance", { headers });
  if (status === 200) return;
  throw new Error(`Cannot measure: a balance got status ${status}`);
}

/** Compares balance reads per second, for many organizations and for one. */
export async function balances(
  { setting, portico }: WalletOptions,
): Promise<void> {
  const wallets = MANY;
  await using ours = await startServer({
    args: portico,
    env: await withWallets(setting, { name: "balance_ours", wallets }),
    path: "/healthz",
  });
  await using theirs = await startServer({
    args: ["-A", "bench/rivals/lean_balance.ts"],
    env: await withWallets(setting, { name: "balance_theirs", wallets }),
  });
  const tokens = await tokensOf(setting, MANY);
  const rounds = { "100 wallets": tokens, "one wallet": tokens.slice(0, 1) };
  for (const [label, roundTokens] of Object.entries(rounds)) {
    const compared = await compare({
      ours: () => callsPerSecond(ours, roundTokens, readBalance),
      theirs: () => callsPerSecond(theirs, roundTokens, readBalance),
    });
    const name = `Balance, ${label}, beside a bare read`;
    console.log(row(name, "a second", "≥ 0.8", compared));
  }
}
