/**
 * Serves the local Stripe over HTTP: `deno task sandbox:stripe --port 12111`.
 *
 * @module
 */
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { createLocalStripe, type LocalStripe } from "./mod.ts";
// Without a lock file, Deno 2.9 cannot resolve Preact for a later import().
import "./src/pages/page_router.tsx";

const USAGE =
  `Usage: deno task sandbox:stripe [--port 12111] [--host 127.0.0.1] [--kv ./data/stripe.sqlite3]
         [--business-name Portico] [--strict-version]

  --port  Port to listen on; 0 for any free one.
  --host  Address to listen on.
  --kv    File for the state; ":memory:" for a state that is lost on exit.
  --business-name  Name of the business on pages and invoices.
  --strict-version  Refuse requests of other API versions.`;

/** Options of the command line. */
export interface ServeOptions {
  port: number;
  host: string;
  kvPath: string;
  businessName?: string;
  strictVersion?: boolean;
}

/**
 * Parses the command line.
 *
 * @throws {TypeError} For an unknown option or an invalid port.
 */
export function readServeOptions(args: string[]): ServeOptions | "help" {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string", default: "12111" },
      host: { type: "string", default: "127.0.0.1" },
      kv: { type: "string", default: "./data/stripe.sqlite3" },
      "business-name": { type: "string" },
      "strict-version": { type: "boolean", default: false },
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
  const businessName = values["business-name"];
  return {
    port,
    host: values.host,
    kvPath: values.kv,
    strictVersion: values["strict-version"],
    ...(businessName && { businessName }),
  };
}

/** A running local Stripe. */
export interface Served {
  /** Base URL, e.g. "http://127.0.0.1:12111". */
  url: string;
  local: LocalStripe;
  /** Closes the store once the requests in progress are finished. */
  close(): Promise<void>;
}

/**
 * Starts an HTTP server with a local Stripe.
 *
 * @throws {Deno.errors.AddrInUse} If the port is taken.
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

function listen(kv: Deno.Kv, options: ServeOptions): Served {
  const { port, host, businessName, strictVersion = false } = options;
  // The handler may use `local` before its definition: no request arrives during this function.
  const server = Deno.serve(
    { port, hostname: host, onListen: () => {} },
    (request) => local.handle(request),
  );
  const url = `http://${hostInUrl(host)}:${server.addr.port}`;
  const local = createLocalStripe({
    kv,
    pagesUrl: url,
    strictVersion,
    ...(businessName && { businessName }),
  });
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

/** A wildcard address cannot be visited. */
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
    `The local Stripe listens on ${served.url} and stores its state in ${options.kvPath}.`,
  );
  console.log("It accepts any key that begins with sk_test_.");
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(
      signal,
      () => void served.close().then(() => Deno.exit(0)),
    );
  }
}

function explain(error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return "The port is taken. Choose another one with --port.";
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
