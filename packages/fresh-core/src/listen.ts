import type { Handler } from "./app.ts";
import type { ListenOptions, ResolvedFreshConfig } from "./types.ts";

const FIRST_PORT = 8000;
const LAST_PORT = 8019;

/** Starts a server for `handler`; resolves once it listens. */
export async function listen(
  handler: Handler,
  config: ResolvedFreshConfig,
  options: ListenOptions,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onListen = (address: Deno.NetAddr) => {
    (options.onListen ?? printAddress)(address);
    resolve();
  };
  const printAddress = (address: Deno.NetAddr) => {
    if (Deno.env.has("DENO_DEPLOYMENT_ID")) return;
    printReady(address, config.basePath, options);
  };
  serveOnFreePort(handler, { ...options, onListen });
  await promise;
}

function serveOnFreePort(
  handler: Handler,
  options: ListenOptions & { onListen: (address: Deno.NetAddr) => void },
) {
  const { remoteAddress: _, ...rest } = options;
  const serve = (port: number) => Deno.serve({ ...rest, port }, handler);
  if (options.port !== undefined) return serve(options.port);
  for (let port = FIRST_PORT; port < LAST_PORT; port++) {
    try {
      return serve(port);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  return serve(LAST_PORT);
}

function printReady(
  { hostname, port }: Deno.NetAddr,
  basePath: string,
  options: ListenOptions,
) {
  const shown = hostname === "0.0.0.0" || hostname === "::"
    ? "localhost"
    : hostname;
  const protocol = options.cert === undefined ? "http" : "https";
  const host = shown.includes(":") ? `[${shown}]` : shown;
  console.log("🍋 Fresh ready");
  console.log(`Local:  ${protocol}://${host}:${port}${basePath}/`);
  if (options.remoteAddress !== undefined) {
    console.log(
      `Remote: ${protocol}://${options.remoteAddress}:${port}${basePath}/`,
    );
  }
}
