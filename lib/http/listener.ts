import type { Log } from "@/lib/log.ts";

const FIRST_WAIT_MS = 50;
/** Freed descriptors are used again within twice this time. */
const LONGEST_WAIT_MS = 1_000;

/** A listener that lasts this long ends the outage. */
const RECOVERED_MS = 10_000;

/**
 * Failed listeners kept for their open connections. Beyond this, the oldest is
 * drained, which closes its idle connections and frees descriptors.
 */
const MAX_FAILED = 60;

export interface ListenOptions {
  /** Binds the port: `Deno.serve` with the app's handler. */
  listen: () => Deno.HttpServer;
  /** Drains: no new connections, requests in flight finish. */
  stop: AbortSignal;
  /** Called at each failure, before the port is bound again. */
  onFailure: () => void;
  log: Log;
}

/**
 * Listens until `stop`, then resolves when all requests have finished.
 *
 * `Deno.serve` closes its listener permanently when `accept` fails, for example
 * without a free file descriptor (`ulimit -n`). Its open connections continue,
 * so the port is bound again with a back-off.
 *
 * @throws {Deno.errors.AddrInUse} If another process uses the port.
 */
export async function keepListening(
  { listen, stop, onFailure, log }: ListenOptions,
): Promise<void> {
  const servers = [listen()];
  const drained = Promise.withResolvers<unknown>();
  stop.addEventListener("abort", () => {
    drained.resolve(Promise.all(servers.map((server) => server.shutdown())));
  });
  const backOff = new BackOff();
  while (!stop.aborted) {
    const failure = await failureOf(servers.at(-1));
    if (failure === null || stop.aborted) break;
    onFailure();
    if (backOff.startsOutage()) {
      log.error("cannot accept connections, retrying", {}, failure);
    }
    await listenAgain({ listen, stop, log }, servers, backOff);
  }
  await drained.promise;
}

/** Null for a server that was shut down. */
async function failureOf(server?: Deno.HttpServer): Promise<unknown> {
  try {
    await server?.finished;
    return null;
  } catch (error) {
    return error;
  }
}

async function listenAgain(
  { listen, stop, log }: Omit<ListenOptions, "onFailure">,
  servers: Deno.HttpServer[],
  backOff: BackOff,
): Promise<void> {
  for (;;) {
    await backOff.wait();
    if (stop.aborted) return;
    try {
      servers.push(listen());
      if (servers.length > MAX_FAILED) servers.shift()?.shutdown();
      return;
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) throw error;
      log.debug("cannot listen yet", {}, error);
    }
  }
}

/** Doubles the wait during an outage, up to the longest. */
class BackOff {
  #waitMs = FIRST_WAIT_MS;
  #triedAtMs = -Infinity;

  /** Reports whether a failure is the first after a stable period. */
  startsOutage(): boolean {
    const starts = performance.now() - this.#triedAtMs > RECOVERED_MS;
    if (starts) this.#waitMs = FIRST_WAIT_MS;
    return starts;
  }

  async wait(): Promise<void> {
    await new Promise((done) => setTimeout(done, this.#waitMs));
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
    this.#triedAtMs = performance.now();
  }
}
