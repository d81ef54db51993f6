/**
 * The local Stripe over HTTP, for any Stripe client: `deno task sandbox:stripe --port 12111`.
 *
 * @module
 */
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { createLocalStripe, type LocalStripe } from "./mod.ts";

const USAGE =
  `Usage: deno task sandbox:stripe [--port 12111] [--host 127.0.0.1] [--kv ./data/stripe.sqlite3]

  --port  Where to listen; 0 takes any free port.
  --host  The address to listen on.
  --kv    The file that keeps everything; ":memory:" keeps nothing.`;

/** What the command line asks for. */
export interface ServeOptions {
  port: number;
  host: string;
  kvPath: string;
}

/**
 * Reads the command line.
 *
 * @throws {TypeError} For an option that does not exist or a port that cannot be one.
 */
export function readServeOptions(args: string[]): ServeOptions | "help" {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string", default: "12111" },
      host: { type: "string", default: "127.0.0.1" },
      kv: { type: "string", default: "./data/stripe.sqlite3" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const port = Number(values.port);
  if (!/^\d{1,5}$/.test(values.port) || port > 65_535) {
    throw new TypeError(
      `Cannot listen on port ${values.port}: expected a number from 0 to 65535`,
    );
  }
  return { port, host: values.host, kvPath: values.kv };
}

/** A running local Stripe. */
export interface Served {
  /** Where it listens, e.g. "http://127.0.0.1:12111". */
  url: string;
  local: LocalStripe;
  /** Finishes the requests in hand, then closes the store. */
  close(): Promise<void>;
}

/**
 * Starts to listen.
 *
 * @throws {Deno.errors.AddrInUse} When somebody else listens there already.
 */
export async function serveLocalStripe(options: ServeOptions): Promise<Served> {
  if (isFile(options.kvPath)) {
    await Deno.mkdir(dirname(options.kvPath), { recursive: true });
  }
  const kv = await Deno.openKv(options.kvPath);
  try {
    return listen(kv, options);
  } catch (error) {
    kv.close();
    throw error;
  }
}

function listen(kv: Deno.Kv, { port, host }: ServeOptions): Served {
  // The port is known only once it is taken, and no request comes before this function is through.
  const server = Deno.serve(
    { port, hostname: host, onListen: () => {} },
    (request) => local.handle(request),
  );
  const url = `http://${hostInUrl(host)}:${server.addr.port}`;
  const local = createLocalStripe({ kv, pagesUrl: url });
  const stopDelivery = local.webhooks.start();
  return {
    url,
    local,
    async close() {
      await server.shutdown();
      await stopDelivery();
      kv.close();
    },
  };
}

// An address that means "all of them" is no address to go to.
function hostInUrl(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

function isFile(path: string): boolean {
  return path !== ":memory:" && !/^https?:/.test(path);
}

async function main(args: string[]): Promise<void> {
  const options = readServeOptions(args);
  if (options === "help") return console.log(USAGE);
  const served = await serveLocalStripe(options);
  console.log(
    `The local Stripe listens on ${served.url} and keeps its state in ${options.kvPath}.`,
  );
  console.log(
    "Any key that begins with sk_test_ is let in. There is no money here.",
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(
      signal,
      () => void served.close().then(() => Deno.exit(0)),
    );
  }
}

function explain(error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return "The port is taken: something else listens there. Choose another with --port.";
  }
  return error instanceof Error ? error.message : String(error);
}

if (import.meta.main) {
  await main(Deno.args).catch((error) => {
    console.error(explain(error));
    if (error instanceof TypeError) console.error(USAGE);
    Deno.exit(1);
  });
}
