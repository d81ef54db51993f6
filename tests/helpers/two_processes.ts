import { assert, assertEquals } from "@std/assert";
import { createStripe } from "@/lib/billing/stripe_client.ts";
import { setUpCatalogue } from "@/tasks/catalogue.ts";
import type { LocalStripe } from "local-stripe";
import { serveLocalStripe } from "local-stripe/serve";
import { memberClaims, ORG } from "./app.ts";
import { storeIn } from "./kv_server.ts";
import {
  type Served,
  startServing,
  untilServed,
  withFolder,
} from "./server_process.ts";
import { APP_URL, sessionToken, testKey } from "./tokens.ts";

/** Two app processes on one store and one Stripe, as behind a load balancer. */
export interface TwoProcesses {
  kvPath: string;
  stripe: LocalStripe;
  /** Calls one of the processes, by default as an admin of {@linkcode ORG}. */
  call(process: 0 | 1, path: string, init?: CallInit): Promise<Response>;
}

export interface CallInit {
  method?: string;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
  orgId?: string;
}

/** The process for a call when calls alternate. */
export function turnOf(index: number): 0 | 1 {
  return index % 2 === 0 ? 0 : 1;
}

/**
 * Starts two processes, and stops them after the test. Both must exit cleanly
 * and log no error.
 */
export function withTwoProcesses(
  use: (both: TwoProcesses) => Promise<void>,
  env: Record<string, string> = { RATE_LIMIT_SCALE: "0" },
): Promise<void> {
  return withFolder(async (folder) => {
    await using store = await storeIn(folder);
    const { kvPath } = store;
    const stripe = await openStripe();
    try {
      const started = { ...await environmentOf(stripe.url, kvPath), ...env };
      await using one = await startServing(started);
      await using other = await startServing(started);
      await Promise.all([one, other].map(untilServed));
      await use({
        kvPath,
        stripe: stripe.local,
        call: requireCaller([one, other]),
      });
      await Promise.all([one, other].map(endWell));
    } finally {
      await stripe.close();
    }
  });
}

/** The configuration of both processes. */
export async function environmentOf(stripeUrl: string, kvPath: string) {
  return {
    APP_URL,
    AUTH_JWT_KEY: (await testKey()).pem,
    KV_PATH: kvPath,
    STRIPE_API_BASE: stripeUrl,
    STRIPE_SECRET_KEY: "sk_test_two",
    STRIPE_WEBHOOK_SECRET: "whsec_two",
  };
}

/** The local Stripe with the catalogue set up. */
export async function openStripe() {
  const served = await serveLocalStripe({
    port: 0,
    host: "127.0.0.1",
    kvPath: ":memory:",
  });
  const stripe = await createStripe({ mode: "sandbox" }, served.local.fetch)();
  await setUpCatalogue(stripe, "Portico");
  served.local.controls.reset();
  return served;
}

/** {@linkcode TwoProcesses.call} for processes that were started separately. */
export function requireCaller(
  processes: readonly [Served, Served],
): TwoProcesses["call"] {
  return async (process, path, { method, body, headers, orgId = ORG } = {}) => {
    const claims = memberClaims({ orgId });
    const token = await sessionToken({ claims, nowMs: Date.now() });
    return await fetch(`${processes[process].url}${path}`, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  };
}

async function endWell({ process, ended }: Served): Promise<void> {
  process.kill("SIGTERM");
  const { code, printed } = await ended();
  assertEquals(code, 0);
  assert(!printed.includes('"level":"error"'), printed);
}
