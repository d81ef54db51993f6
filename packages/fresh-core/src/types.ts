import type { ComponentChildren, FunctionComponent } from "preact";
import type { Context } from "./context.ts";

/** The methods that a route can be registered for. */
export type Method =
  | "GET"
  | "HEAD"
  | "POST"
  | "PUT"
  | "PATCH"
  | "DELETE"
  | "OPTIONS";

/** Loads a value, once, at its first use. */
export type Lazy<T> = () => Promise<T>;

/** A value, or a function that loads it. */
export type MaybeLazy<T> = T | Lazy<T>;

/** Options of `new App()`. */
export interface FreshConfig {
  /** A prefix of every route, without a trailing slash. */
  basePath?: string;
  mode?: "development" | "production";
  /** Whether `x-forwarded-proto` and `-host` set `ctx.url`. */
  trustProxy?: boolean;
}

/** An app's options with defaults. */
export interface ResolvedFreshConfig {
  root: string;
  basePath: string;
  mode: "development" | "production";
  trustProxy: boolean;
}

/** Responds to a request, or passes it on with `ctx.next()`. */
export type Middleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response>;

/** Former name of {@linkcode Middleware}. */
export type MiddlewareFn<State> = Middleware<State>;

/** A handler's result that renders its route's component. */
export interface PageResponse<T> {
  data: T;
  headers?: HeadersInit | undefined;
  status?: number | undefined;
}

/** A handler of one method, or of all. */
export type HandlerFn<Data, State> = (
  ctx: Context<State>,
) =>
  | Response
  | PageResponse<Data>
  | Promise<Response | PageResponse<Data>>;

/** Handlers by method. */
export type HandlerByMethod<Data, State> = {
  [M in Method]?: HandlerFn<Data, State>;
};

/** A handler for every method, or handlers by method. */
export type RouteHandler<Data, State> =
  | HandlerFn<Data, State>
  | HandlerByMethod<Data, State>;

type DataOf<Fn> = Fn extends (...args: never[]) => infer Result
  ? Awaited<Result> extends infer R
    ? R extends Response ? never : R extends { data: infer Data } ? Data : never
  : never
  : never;

/** The page data of handlers: the `data` of their page's props. */
export type RouteData<Handler> = Handler extends (...args: never[]) => unknown
  ? DataOf<Handler>
  : { [M in keyof Handler]: DataOf<Handler[M]> }[keyof Handler];

/** Props of pages, layouts, wrappers and error pages. */
export interface PageProps<Data = unknown, State = unknown> {
  readonly config: ResolvedFreshConfig;
  readonly url: URL;
  readonly req: Request;
  readonly route: string | null;
  readonly params: Record<string, string>;
  readonly info: Deno.ServeHandlerInfo;
  readonly state: State;
  readonly isPartial: boolean;
  /** The thrown error in error pages, else `null`. */
  readonly error: unknown;
  /** The handler's data. `null` in layouts and wrappers. */
  readonly data: Data;
  /** The content of a layout or wrapper. */
  readonly Component: FunctionComponent;
}

/**
 * A page, layout or error page. An `async` one is awaited and may return a
 * `Response`.
 */
export type PageComponent<State> = (
  props: PageProps<never, State>,
) => ComponentChildren | Promise<ComponentChildren | Response>;

/** An app wrapper. An `async` one gets the context. */
export type AppWrapper<State> =
  | PageComponent<State>
  | ((ctx: Context<State>) => Promise<ComponentChildren | Response>);

/** Settings of a layout, page or error page. */
export interface LayoutConfig {
  skipInheritedLayouts?: boolean;
  skipAppWrapper?: boolean;
}

/** Settings of a route. */
export interface RouteConfig extends LayoutConfig {
  /** A pattern that replaces the path of the route. */
  routeOverride?: string;
  methods?: "ALL" | Method[];
  /** Has no effect. Use the `csp()` middleware. */
  csp?: boolean;
}

/** A page, handlers, or both. */
export interface Route<State> {
  component?: PageComponent<State> | undefined;
  handler?: RouteHandler<unknown, State> | undefined;
  config?: RouteConfig | undefined;
  css?: string[] | undefined;
}

/** Options of {@linkcode App.listen}, including those of `Deno.serve`. */
export interface ListenOptions
  extends Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem> {
  /** An additional address to print. */
  remoteAddress?: string;
}
