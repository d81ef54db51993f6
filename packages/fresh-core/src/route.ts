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

/** What a route does, by the methods that it is registered for. */
export interface RouteAction {
  methods: readonly Method[];
  run: Middleware<never>;
}

/**
 * The methods of a route that is known at the start: what it lacks is a 405.
 * A component answers every method by itself, and GET beside handlers.
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
 * A route that is fetched at its first request. It takes every method, so
 * what its handlers lack is a 404 here, as in Fresh.
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

/** `null` stands for "the component alone", or for nothing at all. */
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
 * An error page: it answers with the status of the `HttpError`, 500 for other
 * errors, unless its handler returns another one.
 */
export function errorPage(
  load: () => AnyRoute | Promise<AnyRoute>,
): ErrorHandler {
  return async (ctx, error) => {
    const status = error instanceof HttpError ? error.status : 500;
    return await runErrorRoute(ctx, await load(), status);
  };
}

/** The page for 404s, whose own default status is 200, as in Fresh. */
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
