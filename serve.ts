/**
 * Serves what `deno task build` made; the build puts this file and all that it
 * imports together in `_fresh/serve.js`, which is what the task runs.
 *
 * The task grants what serving needs, and no more:
 * - net: the port, Stripe, the source of token keys, a KV Connect server;
 * - env: the variables of `lib/config/config.ts`, by name, and `DENO_DEPLOYMENT_ID`,
 *   `GITHUB_SHA` and `CI_COMMIT_SHA`: the published Fresh reads these for its
 *   build id when it is imported, and without the permission the import throws;
 * - read: the project's own files, and the folder of the store;
 * - write: the folder of the store (`data`, or that of `KV_PATH`) alone.
 * Nothing may be run, no system information asked for, nothing loaded
 * natively.
 */
import { ConfigError } from "./lib/config/config.ts";
import { guard, type ServeHandler } from "./lib/http/guard.ts";
import { LateImports } from "./lib/http/late_imports.ts";
import { keepListening } from "./lib/http/listener.ts";
import { modeLines } from "./lib/config/mode.ts";
import type { Services } from "./lib/services.ts";

/** How long requests in hand may take to finish. */
const DRAIN_MS = 10_000;

/** The first pages go before what is only good to know early. */
const SETTLING_MS = 250;

/** A SIGINT this late is a person's second Ctrl-C, not a copy of the first. */
const SECOND_INTERRUPT_MS = 1_000;

try {
  const { default: built } = await import("./_fresh/server.js");
  const { services } = await import("./main.ts");
  await serve(built.fetch, services);
} catch (error) {
  explain(error);
}

async function serve(handler: ServeHandler, services: Services) {
  const { host, port } = services.config;
  const stop = stopOnSignal();
  const guarded = guard(handler, () => stop.aborted);
  const late = new LateImports(importAll, services.log);
  let announced = false;
  const finished = keepListening({
    stop,
    onFailure: () => late.begin(),
    log: services.log,
    listen: () =>
      Deno.serve({
        hostname: host,
        port,
        handler: guarded,
        // Safe from BREACH: no page repeats a request's input beside a secret.
        // Session tokens are in headers alone, and a new API key is shown once,
        // in the response to a same-origin POST.
        automaticCompression: true,
        onListen() {
          if (announced) return;
          announced = true;
          modeLines(services.config).forEach((line) => console.log(line));
        },
        onError(error) {
          services.log.error("request failed past every error page", {}, error);
          return new Response("Internal server error", { status: 500 });
        },
      }),
  });
  const events = services.sandbox?.events;
  events?.connect(guarded);
  const stopEvents = events?.start();
  // Not `setTimeout`: the first one of a process takes 5 ms, 7 % of starting.
  AbortSignal.timeout(SETTLING_MS).addEventListener("abort", () => {
    if (stop.aborted) return;
    reconcileNightly(services, stop);
    checkKeys(services).catch(explain);
  });
  await finished;
  await stopEvents?.();
  await services.background.settled();
  services.store.close();
  Deno.exit(0);
}

/** Imports the chunks that the build split off, to be loaded when needed. */
async function importAll(): Promise<void> {
  for await (const { name } of Deno.readDir(import.meta.dirname ?? ".")) {
    if (!/-[0-9A-Z]{8}\.js$/.test(name)) continue;
    await import(new URL(name, import.meta.url).href);
  }
}

/**
 * Aborts on the first SIGTERM or SIGINT; the process ends 10 s later at most.
 *
 * Both may arrive twice: Ctrl-C and supervisors signal the process group, and
 * `deno task` forwards the signal to its child. So copies are ignored, except
 * a SIGINT more than a second after the first, which ends the process at once.
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

/** Repairs what no event ever told, when few look on; one process does it. */
function reconcileNightly(services: Services, signal: AbortSignal): void {
  Deno.cron("reconcile", "17 3 * * *", { signal }, async () => {
    try {
      const { reconcile } = await import("./lib/reconcile.ts");
      await reconcile(services, { signal });
    } catch (error) {
      services.log.error("reconciliation failed", {}, error);
    }
  });
}

/** A key that is of no use ends the process; one that is late does not. */
async function checkKeys({ config, log, sessions }: Services): Promise<void> {
  if (config.auth.keys.kind === "sandbox") return; // made when first needed
  try {
    await sessions.ready();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    log.warn("token keys cannot be had yet", {}, error);
  }
}

/** What an operator can mend is said in a sentence, not by a stack. */
function explain(error: unknown): void {
  if (error instanceof ConfigError) console.error(error.message);
  else if (error instanceof Deno.errors.AddrInUse) {
    console.error(
      "Cannot serve: the port is taken. Stop what listens there, or set PORT.",
    );
  } else throw error;
  Deno.exit(1);
}
