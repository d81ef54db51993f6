import type { Context } from "./context.ts";
import { HttpError } from "./http_error.ts";
import { METHODS } from "./router.ts";
import type { ErrorHandler } from "./segments.ts";
import type {
  HandlerFn,
  Method,
  Middleware,
  PageResponse,
  Route,
  RouteHandler,
} from "./types.ts";

type AnyRoute = Route<never>;
type AnyHandler = RouteHandler<unknown, never>;

/** A route's action and its methods. */
export interface RouteAction {
  methods: readonly Method[];
  run: Middleware<never>;
}

/**
 * The actions of an eager route, which answers 405 to missing methods. A
 * component alone handles every method, and adds GET to handlers.
 */
export function routeActions(route: AnyRoute): RouteAction[] {
  const { handler, component } = route;
  if (handler === undefined || typeof handler === "function") {
    return [{ methods: METHODS, run: (ctx) => runRoute(ctx, route) }];
  }
  const methods = Object.keys(handler) as Method[];
  if (component !== undefined && !methods.includes("GET")) methods.push("GET");
  return [{ methods, run: (ctx) => runRoute(ctx, route) }];
}

/**
 * The action of a lazy route. As in Fresh, it takes every method, so a missing
 * one is a 404.
 */
export function lazyRouteAction(load: () => Promise<AnyRoute>): RouteAction {
  let route: AnyRoute | undefined;
  return {
    methods: METHODS,
    run: async (ctx) => await runRoute(ctx, route ??= await load()),
  };
}

async function runRoute(
  ctx: Context<never>,
  route: AnyRoute,
): Promise<Response> {
  const handler = handlerFor(route, ctx.req.method);
  if (handler === null) {
    if (route.component === undefined) throw new HttpError(404);
    return await renderResult(ctx, route, { data: {} });
  }
  const result = await handler(ctx);
  if (result instanceof Response) return result;
  return await renderResult(ctx, route, result);
}

/** Returns `null` for a component without handler, or for a missing method. */
function handlerFor(
  { handler, component }: AnyRoute,
  method: string,
): HandlerFn<unknown, never> | null {
  if (handler === undefined || typeof handler === "function") {
    return handler ?? null;
  }
  const own = ownHandler(handler, method);
  if (own !== undefined) return own;
  if (method === "HEAD") return handlerFor({ handler, component }, "GET");
  if (method === "GET" && component !== undefined) return null;
  throw new HttpError(404);
}

function ownHandler(
  handler: Exclude<AnyHandler, HandlerFn<unknown, never>>,
  method: string,
): HandlerFn<unknown, never> | undefined {
  return Object.hasOwn(handler, method) ? handler[method as Method] : undefined;
}

let renderer: typeof import("./render.ts") | undefined;

async function renderResult(
  ctx: Context<never>,
  { component, config }: AnyRoute,
  result: PageResponse<unknown>,
  defaultStatus = 200,
): Promise<Response> {
  if (typeof result !== "object" || result === null || !("data" in result)) {
    throw new TypeError(
      `Cannot answer ${ctx.req.method} ${ctx.url.pathname}: the handler returned ${
        Deno.inspect(result, { depth: 0 })
      }, required a Response or page()`,
    );
  }
  ctx.data = result.data;
  renderer ??= await import("./render.ts");
  const { status = defaultStatus, headers } = result;
  const init = headers === undefined ? { status } : { status, headers };
  return await renderer.renderComponent(ctx, component ?? null, init, config);
}

/**
 * An error page. Its status is that of the `HttpError`, or 500, unless its
 * handler returns another one.
 */
export function errorPage(
  load: () => AnyRoute | Promise<AnyRoute>,
): ErrorHandler {
  return async (ctx, error) => {
    const status = error instanceof HttpError ? error.status : 500;
    return await runErrorRoute(ctx, await load(), status);
  };
}

/** The 404 page. As in Fresh, its default status is 200. */
export function notFoundPage(
  load: () => AnyRoute | Promise<AnyRoute>,
): ErrorHandler {
  return async (ctx) => await runErrorRoute(ctx, await load(), 200);
}

async function runErrorRoute(
  ctx: Context<never>,
  route: AnyRoute,
  defaultStatus: number,
): Promise<Response> {
  const handler = handlerFor(route, ctx.req.method);
  const result = handler === null ? { data: {} } : await handler(ctx);
  if (result instanceof Response) return result;
  return await renderResult(ctx, route, result, defaultStatus);
}
