/**
 * The part of Fresh's public API that the app uses, under Fresh's own names.
 *
 * @module
 */

export { App } from "./src/app.ts";
export type { Context, Context as FreshContext } from "./src/context.ts";
export { csp, type CSPOptions } from "./src/csp.ts";
export { csrf, type CsrfOptions } from "./src/csrf.ts";
export { createDefine, type Define, page } from "./src/define.ts";
export { HttpError } from "./src/http_error.ts";
export type { Island } from "./src/snapshot.ts";
export {
  cors,
  type CORSOptions,
  ipFilter,
  type IpFilterOptions,
  type IpFilterRules,
} from "./src/not_here.ts";
export { staticFiles } from "./src/static_files.ts";
export { trailingSlashes } from "./src/trailing_slashes.ts";
export type {
  FreshConfig,
  HandlerByMethod,
  HandlerFn,
  LayoutConfig,
  Lazy,
  ListenOptions,
  MaybeLazy,
  Method,
  Middleware,
  MiddlewareFn,
  PageProps,
  PageResponse,
  ResolvedFreshConfig,
  RouteConfig,
  RouteData,
  RouteHandler,
} from "./src/types.ts";
