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

/** A value that is fetched at its first use, once. */
export type Lazy<T> = () => Promise<T>;

/** A value, or a function that fetches it. */
export type MaybeLazy<T> = T | Lazy<T>;

/** Options of `new App()`. */
export interface FreshConfig {
  /** A path in front of every route, without a trailing slash. */
  basePath?: string;
  mode?: "development" | "production";
  /** Whether `x-forwarded-proto` and `-host` decide `ctx.url`. */
  trustProxy?: boolean;
}

/** The options of an app with all defaults filled in. */
export interface ResolvedFreshConfig {
  root: string;
  basePath: string;
  mode: "development" | "production";
  trustProxy: boolean;
}

/** Answers a request, or passes it on with `ctx.next()`. */
export type Middleware<State> = (
  ctx: Context<State>,
) => Response | Promise<Response>;

/** The old name of {@linkcode Middleware}. */
export type MiddlewareFn<State> = Middleware<State>;

/** What a handler returns to have its route's component rendered. */
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

/** The page data that handlers return: the `data` of their page's props. */
export type RouteData<Handler> = Handler extends (...args: never[]) => unknown
  ? DataOf<Handler>
  : { [M in keyof Handler]: DataOf<Handler[M]> }[keyof Handler];

/** What pages, layouts, wrappers and error pages get as props. */
export interface PageProps<Data = unknown, State = unknown> {
  readonly config: ResolvedFreshConfig;
  readonly url: URL;
  readonly req: Request;
  readonly route: string | null;
  readonly params: Record<string, string>;
  readonly info: Deno.ServeHandlerInfo;
  readonly state: State;
  readonly isPartial: boolean;
  /** What was thrown, in error pages; else `null`. */
  readonly error: unknown;
  /** What the handler returned; `null` in layouts and wrappers. */
  readonly data: Data;
  /** What a layout or wrapper wraps. */
  readonly Component: FunctionComponent;
}

/**
 * A page, layout or error page. One that is declared `async` is awaited and may
 * answer with a `Response`.
 */
export type PageComponent<State> = (
  props: PageProps<never, State>,
) => ComponentChildren | Promise<ComponentChildren | Response>;

/** An app wrapper; one that is `async` gets the context itself. */
export type AppWrapper<State> =
  | PageComponent<State>
  | ((ctx: Context<State>) => Promise<ComponentChildren | Response>);

/** Settings of one layout, page or error page. */
export interface LayoutConfig {
  skipInheritedLayouts?: boolean;
  skipAppWrapper?: boolean;
}

/** Settings of one route. */
export interface RouteConfig extends LayoutConfig {
  /** A pattern that replaces the path of the route. */
  routeOverride?: string;
  methods?: "ALL" | Method[];
  /** Has no effect: use the `csp()` middleware. */
  csp?: boolean;
}

/** A page, handlers, or both. */
export interface Route<State> {
  component?: PageComponent<State> | undefined;
  handler?: RouteHandler<unknown, State> | undefined;
  config?: RouteConfig | undefined;
  css?: string[] | undefined;
}

/** Options of {@linkcode App.listen}: those of `Deno.serve`. */
export interface ListenOptions
  extends Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem> {
  /** An address to print in addition to the local one. */
  remoteAddress?: string;
}
