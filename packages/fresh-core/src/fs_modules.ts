import type { Context } from "./context.ts";
import type { Wrapper } from "./frame.ts";
import { sequence, settle } from "./lazy.ts";
import type { LoadedModule } from "./snapshot.ts";
import type {
  AppWrapper,
  LayoutConfig,
  MaybeLazy,
  Middleware,
  PageComponent,
  Route,
  RouteConfig,
  RouteHandler,
} from "./types.ts";

/**
 * Reads the exports of a route file: `default`, `handler` or `handlers` (which
 * wins), `config`.
 *
 * @throws {TypeError} If it exports none of them, or invalid handlers.
 */
export function readRoute(file: string, mod: LoadedModule): Route<never> {
  const handler = mod.handlers ?? mod.handler;
  const { default: component, config } = mod;
  if (
    component === undefined && handler === undefined && config === undefined
  ) {
    throw new TypeError(
      `Cannot use ${file}: it has no relevant exports, required default, handler, handlers or config`,
    );
  }
  if (handler !== undefined) checkHandler(file, handler);
  return {
    component: component as PageComponent<never> | undefined,
    handler: handler as RouteHandler<unknown, never> | undefined,
    config: config as RouteConfig | undefined,
  };
}

function checkHandler(file: string, handler: unknown) {
  if (Array.isArray(handler)) {
    throw new TypeError(
      `Cannot use ${file}: an array of handlers is for _middleware files only`,
    );
  }
  if (typeof handler === "function" && handler.length > 1) {
    throw new TypeError(
      `Cannot use ${file}: its handler has ${handler.length} parameters, required one, the context`,
    );
  }
}

/** Reads the exports of an `_app` or `_layout` file. */
export function readWrapper(file: string, mod: LoadedModule): Wrapper {
  if (typeof mod.default !== "function") {
    throw new TypeError(`Cannot use ${file}: it has no default export`);
  }
  if (mod.handler !== undefined || mod.handlers !== undefined) {
    console.warn(`${file}: a handler in a layout or app wrapper has no effect`);
  }
  return {
    component: mod.default as AppWrapper<never>,
    config: mod.config as LayoutConfig | undefined,
  };
}

/**
 * Reads a `_middleware` file as one middleware that loads at its first request.
 * As in Fresh, handlers by method are ignored with a warning.
 */
export function readMiddleware(
  file: string,
  load: () => Promise<LoadedModule>,
): MaybeLazy<Middleware<never>> {
  return async () => {
    const mod = await load();
    const value = mod.handlers ?? mod.handler ?? mod.default;
    if (typeof value === "function") return settle(value as Middleware<never>);
    if (Array.isArray(value)) {
      return sequence(value.map((item: Middleware<never>) => settle(item)));
    }
    console.warn(
      `${file} has no effect: required a function or an array of functions`,
    );
    return (ctx: Context<never>) => ctx.next();
  };
}
