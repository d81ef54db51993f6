import { compare, row } from "./figures.ts";
import { startServer } from "./servers.ts";
import {
  callsPerSecond,
  charge,
  readBalance,
  tokensOf,
  type WalletOptions,
  withWallets,
} from "./wallet.ts";

const PROGRAM = `${Deno.env.get("HOME")}/.cargo/bin/denokv`;
const ACCESS_TOKEN = "access_token_of_the_bench";
const WALLETS = 100;

/** Compares a store behind a KV Connect server with the embedded file. */
export async function denokv(
  { setting, portico }: WalletOptions,
): Promise<void> {
  if (!await isInstalled()) {
    return console.log("KV Connect: not measured, denokv is not installed");
  }
  const wallets = WALLETS;
  const remote = await withWallets(setting, { name: "kv_remote", wallets });
  const local = await withWallets(setting, { name: "kv_local", wallets });
  await using kv = await startKv(remote["KV_PATH"] ?? "");
  await using ours = await startServer({
    args: portico,
    env: { ...remote, KV_PATH: kv.url, DENO_KV_ACCESS_TOKEN: ACCESS_TOKEN },
    path: "/healthz",
  });
  await using theirs = await startServer({
    args: portico,
    env: local,
    path: "/healthz",
  });
  const tokens = await tokensOf(setting, WALLETS);
  const calls = { "Charges": charge, "Balance": readBalance };
  for (const [name, call] of Object.entries(calls)) {
    const compared = await compare({
      ours: () => callsPerSecond(ours, tokens, call),
      theirs: () => callsPerSecond(theirs, tokens, call),
    });
    const title = `${name}, denokv beside the embedded file`;
    console.log(row(title, "a second", "no limit", compared));
  }
}

async function isInstalled(): Promise<boolean> {
  try {
    return (await Deno.stat(PROGRAM)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Serves a store's file. */
async function startKv(file: string) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const addr = `127.0.0.1:${port}`;
  const child = new Deno.Command(PROGRAM, {
    args: ["--sqlite-path", file, "serve", "--addr", addr],
    env: { DENO_KV_ACCESS_TOKEN: ACCESS_TOKEN },
    stdout: "null",
    stderr: "null",
  }).spawn();
  await new Promise((done) => setTimeout(done, 500));
  return {
    url: `http://${addr}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}
