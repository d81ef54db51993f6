import { Portico, type PorticoOptions } from "@portico/client";
import { createServiceKey } from "@/lib/auth/service_keys.ts";
import type { ServeHandler } from "@/lib/http/guard.ts";
import type { ServiceScope } from "@/lib/store/service_keys.ts";
import { openTestApp, type TestApp } from "./app.ts";

/** An app that is served over HTTP, and a client with a service key. */
export interface ServedApp {
  app: TestApp;
  url: string;
  key: string;
  /** The requests so far. */
  requests: { idempotencyKey: string | null }[];
  portico: Portico;
}

/**
 * Handles a request in place of the app, or passes it on with `next`. `attempt`
 * counts the requests with the same Idempotency-Key, from 1.
 */
export type Fault = (
  next: () => Promise<Response>,
  attempt: number,
) => Response | Promise<Response>;

/** Options of {@linkcode withServedApp}. */
export interface ServedAppOptions extends Omit<PorticoOptions, "url" | "key"> {
  scopes?: ServiceScope[];
  fault?: Fault;
}

/** Serves an app for the duration of a call. */
export async function withServedApp(
  { scopes = ["billing:read", "usage:write"], fault, ...client }:
    ServedAppOptions,
  use: (served: ServedApp) => Promise<void>,
): Promise<void> {
  await using app = await openTestApp();
  const requests: ServedApp["requests"] = [];
  const handler: ServeHandler = (request, info) => {
    const idempotencyKey = request.headers.get("Idempotency-Key");
    requests.push({ idempotencyKey });
    const next = async () => await app.handler(request, info);
    const attempt =
      requests.filter((one) => one.idempotencyKey === idempotencyKey).length;
    return fault ? fault(next, attempt) : next();
  };
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    handler,
  );
  try {
    const url = `http://127.0.0.1:${server.addr.port}`;
    const { key } = await createServiceKey(app.services, {
      name: "Backend",
      scopes,
    });
    const portico = new Portico({ url, key, ...client });
    await use({ app, url, key, requests, portico });
  } finally {
    await server.shutdown();
  }
}
