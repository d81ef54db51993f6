/**
 * Serves the production build. `deno task build` bundles this file and its
 * imports as `_fresh/serve.js`, which `deno task serve` runs.
 *
 * The task grants only these permissions:
 * - net: the port, Stripe, the source of token keys, a KV Connect server;
 * - env: the variables of `lib/config/config.ts`, and `DENO_DEPLOYMENT_ID`,
 *   `GITHUB_SHA` and `CI_COMMIT_SHA`, which the published Fresh reads for its
 *   build id: without the permission, importing it throws;
 * - read: the project's files and the folder of the store;
 * - write: the folder of the store, `data` or that of `KV_PATH`.
 */
import { ConfigError } from "./lib/config/config.ts";
import { BodyRequests } from "./lib/http/body_requests.ts";
import { guard, type ServeHandler } from "./lib/http/guard.ts";
import { LateImports } from "./lib/http/late_imports.ts";
import { keepListening } from "./lib/http/listener.ts";
import { modeLines } from "./lib/config/mode.ts";
import type { Services } from "./lib/services.ts";

/** Set on Deno Deploy. */
const isOnDeploy = Deno.env.get("DENO_DEPLOYMENT_ID") !== undefined;

/** Time for requests in progress to finish. Deno Deploy allows five seconds. */
const DRAIN_MS = isOnDeploy ? 4_500 : 10_000;

/** Delays checks that are not urgent until the first pages are served. */
const SETTLING_MS = 250;

/** A later SIGINT is a second Ctrl-C, not a copy of the first. */
const SECOND_INTERRUPT_MS = 1_000;

try {
  const { default: built } = await import("./_fresh/server.js");
  const { services } = await import("./main.ts");
  await serve(built.fetch, services);
} catch (error) {
  exitWith(error);
}

async function serve(handler: ServeHandler, services: Services) {
  const { host, port } = services.config;
  const stop = stopOnSignal();
  const bodies = new BodyRequests();
  const guarded = guard(bodies.track(handler), () => stop.aborted);
  const late = new LateImports(importAll, services.log);
  // Deno Deploy finds only crons that are registered before the app serves.
  if (isOnDeploy) scheduleReconciliation(services, stop);
  let announced = false;
  const finished = keepListening({
    stop: afterBodies(stop, bodies),
    onFailure: () => late.start(),
    log: services.log,
    listen: () =>
      Deno.serve({
        hostname: host,
        port,
        handler: guarded,
        // Safe from BREACH: no page echoes input beside a secret. Session tokens
        // are in headers only, and a new API key is shown once, in the response
        // to a same-origin POST.
        automaticCompression: true,
        onListen() {
          if (announced) return;
          announced = true;
          modeLines(services.config).forEach((line) => console.log(line));
        },
        onError(error) {
          services.log.error(
            "request failed outside the error pages",
            {},
            error,
          );
          return new Response("Internal server error", { status: 500 });
        },
      }),
  });
  const events = services.sandbox?.events;
  events?.connect(guarded);
  const stopEvents = events?.start();
  // Not `setTimeout`: a process's first takes 5 ms, 7 % of its start-up time.
  AbortSignal.timeout(SETTLING_MS).addEventListener("abort", () => {
    if (stop.aborted) return;
    late.watch();
    if (!isOnDeploy) scheduleReconciliation(services, stop);
    checkKeys(services).catch(exitWith);
  });
  await finished;
  await stopEvents?.();
  await services.background.settled();
  services.store.close();
  Deno.exit(0);
}

/** Imports the chunks that the build split off for loading on demand. */
async function importAll(): Promise<void> {
  for await (const { name } of Deno.readDir(import.meta.dirname ?? ".")) {
    if (!/-[0-9A-Z]{8}\.js$/.test(name)) continue;
    await import(new URL(name, import.meta.url).href);
  }
}

/**
 * Aborts on the first SIGTERM or SIGINT; the process exits within `DRAIN_MS`.
 *
 * A signal may arrive twice: Ctrl-C and supervisors signal the process group,
 * and `deno task` forwards signals to its child. Copies are ignored; a SIGINT
 * more than a second after the first exits immediately.
 */
function stopOnSignal(): AbortSignal {
  const stop = new AbortController();
  const drain = () => {
    if (stop.signal.aborted) return;
    setTimeout(() => Deno.exit(1), DRAIN_MS);
    stop.abort();
  };
  let interruptedAtMs = Infinity;
  Deno.addSignalListener("SIGTERM", drain);
  Deno.addSignalListener("SIGINT", () => {
    const nowMs = performance.now();
    if (nowMs - interruptedAtMs > SECOND_INTERRUPT_MS) Deno.exit(1);
    interruptedAtMs = Math.min(interruptedAtMs, nowMs);
    drain();
  });
  return stop.signal;
}

/** Aborts when `stop` does, once the bodies in flight are read. */
function afterBodies(stop: AbortSignal, bodies: BodyRequests): AbortSignal {
  const close = new AbortController();
  stop.addEventListener("abort", async () => {
    await bodies.settled();
    close.abort();
  });
  return close.signal;
}

/** Nightly reconciliation, at low traffic; a lease keeps it to one process. */
function scheduleReconciliation(services: Services, signal: AbortSignal): void {
  Deno.cron("reconcile", "17 3 * * *", { signal }, async () => {
    try {
      const { reconcile } = await import("./lib/reconcile.ts");
      await reconcile(services, { signal });
    } catch (error) {
      services.log.error("reconciliation failed", {}, error);
    }
  });
}

/** Exits if the configured key is invalid, not if its source is unreachable. */
async function checkKeys({ config, log, sessions }: Services): Promise<void> {
  if (config.auth.keys.kind === "sandbox") return; // created on demand
  try {
    await sessions.ready();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    log.warn("token keys are unavailable", {}, error);
  }
}

/** Problems that an operator can fix are printed without a stack trace. */
function exitWith(error: unknown): void {
  if (error instanceof ConfigError) console.error(error.message);
  else if (error instanceof Deno.errors.AddrInUse) {
    console.error(
      "Cannot serve: the port is taken. Stop the other process, or set PORT.",
    );
  } else throw error;
  Deno.exit(1);
}
