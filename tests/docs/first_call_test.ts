/**
 * Follows docs/integrate.md from an existing Stripe account and issuer to the
 * first gated call, with the commands and variables of the document.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname } from "node:path";
import type Stripe from "stripe";
import { createStripe } from "@/lib/billing/stripe_client.ts";
import { run } from "@/packages/local-stripe/clients/toolchain.ts";
import { installClient } from "@/tests/helpers/client_package.ts";
import {
  type IssuerServer,
  startIssuer,
} from "@/tests/helpers/issuer_server.ts";
import {
  freePort,
  startServing,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";
import { serveLocalStripe } from "local-stripe/serve";

type Environment = Record<string, string>;

const DOC = await Deno.readTextFile("docs/integrate.md");

/** The lines of the document's fences of a language, in order. */
function linesOf(language: string): string[] {
  const fences = DOC.matchAll(
    new RegExp(`^ +\`\`\`${language}\\n(.*?)^ +\`\`\``, "gms"),
  );
  return [...fences].flatMap(([, code = ""]) => code.trim().split(/\n\s*/));
}

/** A product that bills with Stripe already: prices, and two subscribers. */
async function createAccount(stripe: Stripe): Promise<void> {
  for (const [plan, amount] of [["pro", 2_900], ["scale", 9_900]] as const) {
    const { id: price } = await stripe.prices.create({
      currency: "usd",
      unit_amount: amount,
      lookup_key: `${plan}_month`,
      recurring: { interval: "month" },
      product_data: { name: `Acme ${plan}` },
    });
    const { id: customer } = await stripe.customers.create({
      metadata: { organization: `org_${plan}` },
    });
    const card = await stripe.paymentMethods.attach("pm_card_visa", {
      customer,
    });
    await stripe.subscriptions.create({
      customer,
      items: [{ price }],
      default_payment_method: card.id,
    });
  }
}

/** Runs one of the document's commands. */
async function follow(
  command: string | undefined,
  env: Environment,
): Promise<string> {
  if (command === undefined) throw new Error("The document lacks a command");
  return await run("/bin/sh", ["-c", command], {
    env: {
      ...env,
      NO_COLOR: "1",
      PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH")}`,
    },
  });
}

/** Adds the variables that `stripe:setup` prints. */
function withPrinted(env: Environment, printed: string): Environment {
  const lines = printed.matchAll(/^ +(STRIPE_\w+)=(\S+)$/gm);
  const added = [...lines].map(([, name = "", value = ""]) => [name, value]);
  return { ...env, ...Object.fromEntries(added) };
}

/** Runs the Express example with the packed client. */
async function startBackend(
  folder: string,
  env: Environment,
): Promise<Deno.ChildProcess> {
  await installClient(folder, ["express@5.3.0", "jose@6.2.17"]);
  await Deno.copyFile("docs/examples/server.js", `${folder}/server.js`);
  const server = new Deno.Command("node", {
    args: ["server.js"],
    cwd: folder,
    env,
  }).spawn();
  return server;
}

const TYPES = `
import { type Balance, Portico, PorticoError } from "@portico/client";

const portico = new Portico({ url: "https://billing.example.com", key: "k" });
const balance: Balance = await portico.organization("org_1").balance();
const total: number = balance.tokens.total;
// @ts-expect-error The type is not any.
const text: string = balance.tokens.total;
// @ts-expect-error An idempotency key is required.
await portico.organization("org_1").charge(total, {});
export const status = (error: PorticoError): number => error.status;
export { text };
`;

async function checkTypes(folder: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/types.ts`, TYPES);
  const check = ["check", "--node-modules-dir=manual", "types.ts"];
  await run(Deno.execPath(), check, { cwd: folder });
}

async function untilListening(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    try {
      return await (await fetch(url)).body?.cancel();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  throw new Error(`${url} does not respond`);
}

async function kill(process: Deno.ChildProcess): Promise<void> {
  process.kill("SIGTERM");
  await process.status;
}

Deno.test("docs/integrate.md leads from an existing account to a gated call", (t) =>
  withFolder(async (folder) => {
    const account = await serveLocalStripe({
      port: 0,
      host: "127.0.0.1",
      kvPath: ":memory:",
    });
    await using issuer = await startIssuer();
    try {
      await createAccount(
        await createStripe({ mode: "sandbox" }, account.local.fetch)(),
      );
      await integrate({ folder, stripeUrl: account.url, issuer });
      await t.step("the packed client has types", () => checkTypes(folder));
    } finally {
      await account.close();
    }
  }));

async function integrate(
  { folder, stripeUrl, issuer }: {
    folder: string;
    stripeUrl: string;
    issuer: IssuerServer;
  },
): Promise<void> {
  const port = String(freePort());
  const variables = {
    APP_URL: `http://127.0.0.1:${port}`,
    STRIPE_SECRET_KEY: "sk_test_acme",
    AUTH_PROVIDER: "auth0",
    ...issuer.environment,
  };
  const documented = linesOf("ini").map((line) => line.split("=", 1)[0]);
  assertEquals(documented, Object.keys(variables));
  // The local Stripe, and a store and a port of this test.
  const local = {
    STRIPE_API_BASE: stripeUrl,
    HOST: "127.0.0.1",
    PORT: port,
    KV_PATH: `${folder}/kv.sqlite3`,
  };
  const [setup, review, link, build, serve, doctor, createKey, ...install] =
    linesOf("sh").map((line) => line.replace("report.csv", `${folder}/r.csv`));
  let env: Environment = { ...variables, ...local };
  env = withPrinted(env, await follow(setup, env));
  assertMatch(await follow(review, env), /^matched +2$/m);
  assertMatch(await follow(link, env), /^2 linked, 0 failed/m);
  // `deno task test` builds; a test must not.
  assertEquals([build, serve], ["deno task build", "deno task serve"]);
  await using portico = await startServing(env);
  await untilServed(portico);
  assert(!(await follow(doctor, env)).includes("FAIL"));
  const key = (await follow(createKey, env)).trim().split("\n").at(-1) ?? "";
  assertEquals(install, [
    "(cd packages/client && npm pack)",
    "npm install ./portico-client-0.1.0.tgz",
  ]);
  await callBackend(folder, issuer, {
    PORTICO_URL: portico.url,
    PORTICO_KEY: key,
  });
}

async function callBackend(
  folder: string,
  issuer: IssuerServer,
  env: Environment,
): Promise<void> {
  const port = String(freePort());
  const backend = await startBackend(folder, {
    ...env,
    ...issuer.environment,
    PORT: port,
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    await untilListening(url);
    const call = async (path: string, orgId: string, method = "GET") => {
      const token = await issuer.tokenOf(orgId);
      const headers = { Authorization: `Bearer ${token}` };
      const response = await fetch(`${url}${path}`, { method, headers });
      return [response.status, await response.json()];
    };
    assertEquals(await call("/audit-log", "org_scale"), [200, { entries: [] }]);
    assertEquals(await call("/audit-log", "org_pro"), [402, {
      error: "feature_missing",
      message: "The plan does not include audit_log",
      feature: "audit_log",
      plan_id: "pro",
    }]);
    const report = [201, { id: "1", balance: 49_750 }];
    assertEquals(await call("/reports/1", "org_pro", "PUT"), report);
    assertEquals(await call("/reports/1", "org_pro", "PUT"), report);
    const signedOut = await fetch(`${url}/audit-log`);
    assertEquals(signedOut.status, 401);
    await signedOut.body?.cancel();
  } finally {
    await kill(backend);
  }
}
