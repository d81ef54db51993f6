import type { App, Handler } from "../app.ts";
import { listen } from "../listen.ts";
import type { ListenOptions } from "../types.ts";
import type { ResolvedBuildConfig } from "./builder.ts";
import { errorOverlay } from "./error_overlay.ts";

const ALIVE = "/_frsh/alive";
const OVERLAY = "/_frsh/error_overlay";
const DEVTOOLS = "/.well-known/appspecific/com.chrome.devtools.json";

/**
 * Serves an app in development once `prepare` has built it.
 *
 * @throws Errors of `prepare`. Nothing is served then.
 */
export async function listenDev<State>(
  prepare: () => Promise<App<State>>,
  config: ResolvedBuildConfig,
  options: ListenOptions,
): Promise<void> {
  const revision = Date.now();
  const app = await prepare();
  const handler = app.handler();
  const dev: Handler = async (req, info) => {
    const url = new URL(req.url);
    if (url.pathname === ALIVE) return connectAlive(req, revision);
    if (url.pathname === OVERLAY) return errorOverlay(url.searchParams);
    if (url.pathname === DEVTOOLS) return devtools(config);
    return await handler(req, info);
  };
  await listen(dev, app.config, options);
}

/** Sends the start time of the process, so that pages notice restarts. */
function connectAlive(req: Request, revision: number): Response {
  if (req.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    return new Response(null, { status: 501 });
  }
  const { socket, response } = Deno.upgradeWebSocket(req);
  socket.addEventListener("open", () => {
    socket.send(JSON.stringify({ type: "initial-state", revision }));
  });
  return response;
}

/** Lets browser developer tools edit the project's files. */
async function devtools({ root }: ResolvedBuildConfig): Promise<Response> {
  const seed = await crypto.subtle.digest(
    "SHA-1",
    new TextEncoder().encode(root),
  );
  const hex = new Uint8Array(seed).toHex();
  const uuid = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
  return Response.json({ workspace: { root, uuid } });
}
