import { Context, type Internals, internalsOf } from "./context.ts";
import { EMPTY_FRAME } from "./frame.ts";
import "./own_build_id.ts";
import { HttpError } from "./http_error.ts";
import { settle } from "./lazy.ts";
import { newParams } from "./pattern.ts";
import { joinPaths, Registry } from "./registry.ts";
import { errorPage, notFoundPage } from "./route.ts";
import { type Match, METHODS } from "./router.ts";
import type { ErrorHandler } from "./segments.ts";
import { type Snapshot, snapshotOf } from "./snapshot.ts";
import type {
  AppWrapper,
  FreshConfig,
  LayoutConfig,
  ListenOptions,
  MaybeLazy,
  Method,
  Middleware,
  PageComponent,
  ResolvedFreshConfig,
  Route,
  RouteConfig,
} from "./types.ts";
import { listen } from "./listen.ts";
import { requestUrl } from "./request_url.ts";

/** A call on an app, replayed by `handler()` below the path of its mount. */
type Step = (registry: Registry, prefix: string) => void;

/** Handles requests, as `Deno.serve` and tests call it. */
export type Handler = (
  req: Request,
  info?: Deno.ServeHandlerInfo,
) => Promise<Response>;

/**
 * A Fresh app: a list of steps, each of which affects only routes registered
 * after it. Every method returns the app.
 */
export class App<State> {
  readonly config: ResolvedFreshConfig;
  readonly #steps: Step[] = [];

  constructor(config: FreshConfig = {}) {
    this.config = {
      root: ".",
      basePath: config.basePath ?? "",
      mode: config.mode ?? "production",
      trustProxy: config.trustProxy ?? false,
    };
  }

  /**
   * Adds middlewares for every request, or for a path and everything below it.
   */
  use(...middlewares: MaybeLazy<Middleware<State>>[]): this;
  use(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this;
  use(
    first?: string | MaybeLazy<Middleware<State>>,
    ...rest: MaybeLazy<Middleware<State>>[]
  ): this {
    const path = typeof first === "string" ? first : "*";
    const all = typeof first === "function" ? [first, ...rest] : rest;
    return this.#step((to, prefix) => to.use(here(prefix, path), all));
  }

  get(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#on(["GET"], path, middlewares);
  }

  post(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#on(["POST"], path, middlewares);
  }

  put(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#on(["PUT"], path, middlewares);
  }

  patch(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#on(["PATCH"], path, middlewares);
  }

  delete(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#on(["DELETE"], path, middlewares);
  }

  head(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#on(["HEAD"], path, middlewares);
  }

  /** Handles every method, including OPTIONS. */
  all(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#on(METHODS, path, middlewares);
  }

  /**
   * Adds a page with its handlers. A lazy route answers 404, not 405, to a
   * missing method.
   */
  route(
    path: string,
    route: MaybeLazy<Route<State>>,
    config?: RouteConfig,
  ): this {
    return this.#step((to, prefix) =>
      to.route(
        joinPaths(prefix, path),
        route as MaybeLazy<Route<never>>,
        config,
      )
    );
  }

  /** Adds the file routes of the build, if there is one. */
  fsRoutes(pattern = "*"): this {
    return this.#step((to, prefix) => to.fsRoutes(here(prefix, pattern)));
  }

  /**
   * Adds all current steps of `app` below `path`. Its wrapper and 404 page
   * become those of the parent app.
   */
  mountApp(path: string, app: App<State>): this {
    const steps = [...app.#steps];
    return this.#step((to, prefix) => {
      const inner = joinPaths(here(prefix, path), app.config.basePath);
      for (const step of steps) step(to, inner);
    });
  }

  /** Sets the component around all pages, which renders the document. */
  appWrapper(component: AppWrapper<State>): this {
    const wrapper = { component, config: undefined };
    return this.#step((to) => to.wrap(() => wrapper));
  }

  /** Adds a component around the pages of a path and everything below it. */
  layout(
    path: string,
    component: PageComponent<State>,
    config?: LayoutConfig,
  ): this {
    const wrapper = { component, config };
    return this.#step((to, prefix) =>
      to.layout(here(prefix, path), () => wrapper)
    );
  }

  /** Adds an error page or handler for a path and everything below it. */
  onError(path: string, answer: Route<State> | Middleware<State>): this {
    const handler = toErrorHandler(answer, errorPage);
    return this.#step((to, prefix) => to.onError(here(prefix, path), handler));
  }

  /** Sets the app's 404 handler. Its default status is 200. */
  notFound(answer: Route<State> | Middleware<State>): this {
    const handler = toErrorHandler(answer, notFoundPage);
    return this.#step((to) => to.setNotFound(handler));
  }

  /**
   * Replays the steps and returns the request handler.
   *
   * @throws {Error} On a deployment (`DENO_DEPLOYMENT_ID`) without a build.
   */
  handler(): Handler {
    const snapshot = snapshotOf(this);
    if (snapshot === undefined) refuseOnDeployment(this.config);
    else this.config.root = snapshot.root;
    const registry = new Registry(this.config.basePath, snapshot);
    for (const step of this.#steps) step(registry, "");
    return requestHandler(this.config, registry, snapshot);
  }

  /**
   * Serves the app. The default port is the first free one from 8000 to 8019.
   * Resolves once the server listens.
   */
  async listen(options: ListenOptions = {}): Promise<void> {
    await listen(this.handler(), this.config, options);
  }

  #step(step: Step): this {
    this.#steps.push(step);
    return this;
  }

  #on(
    methods: readonly Method[],
    path: string,
    middlewares: MaybeLazy<Middleware<State>>[],
  ): this {
    return this.#step((to, prefix) =>
      to.on(methods, joinPaths(prefix, path), middlewares)
    );
  }
}

/** The path of a segment or mount. `*` and `/` stand for the current prefix. */
function here(prefix: string, path: string): string {
  return path === "*" ? joinPaths(prefix, "") : joinPaths(prefix, path);
}

function toErrorHandler<State>(
  answer: Route<State> | Middleware<State>,
  toPage: (load: () => Route<never>) => ErrorHandler,
): ErrorHandler {
  if (typeof answer === "function") return settle(answer);
  return toPage(() => answer as Route<never>);
}

function refuseOnDeployment({ mode }: ResolvedFreshConfig) {
  if (mode === "production" && Deno.env.has("DENO_DEPLOYMENT_ID")) {
    throw new Error(
      "Cannot start on a deployment: the app has no build, run the build first",
    );
  }
}

const DEFAULT_INFO: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 1234 },
  completed: Promise.resolve(),
};

function requestHandler(
  config: ResolvedFreshConfig,
  registry: Registry,
  snapshot: Snapshot | undefined,
): Handler {
  const { table, root } = registry;
  const rootChain = root.chain(registry.app, registry.notFound);
  const bare = root.middlewares.length === 0;

  return async (req, info = DEFAULT_INFO) => {
    const url = requestUrl(req, config.trustProxy);
    const match = table.match(req.method, url.pathname);
    const ctx = newContext({ req, url, info, match });
    try {
      const response = await ctx.next();
      checkResponse(response, req);
      return req.method === "HEAD" ? withoutBody(response) : response;
    } catch (error) {
      return defaultAnswer(error);
    }
  };

  function newContext(
    request: {
      req: Request;
      url: URL;
      info: Deno.ServeHandlerInfo;
      match: Match;
    },
  ): Context<unknown> {
    const { match, ...rest } = request;
    const internals: Internals = {
      chain: rootChain,
      position: -1,
      frame: EMPTY_FRAME,
      snapshot,
      nonce: undefined,
      rendered: false,
      hiddenError: undefined,
    };
    const isRoute = match.kind === "route";
    const ctx = new Context({
      ...rest,
      config,
      route: match.kind === "none" ? null : match.route,
      params: match.kind === "none" ? newParams() : match.params,
      internals,
    });
    internals.chain = isRoute
      ? match.chain
      : [...rootChain, (ctx) => noRouteAnswer(ctx, match, bare)];
    return ctx;
  }
}

/** Ends the chain of a request that matches no route. */
function noRouteAnswer(
  ctx: Context<never>,
  match: Exclude<Match, { kind: "route" }>,
  bare: boolean,
): Response {
  if (match.kind === "options") {
    return new Response(null, { status: 204, headers: { Allow: match.allow } });
  }
  if (match.kind === "unknownMethod") {
    throw new TypeError(`Cannot answer method ${ctx.req.method}`);
  }
  const error = new HttpError(match.kind === "none" ? 404 : 405);
  // Error pages of an app without middlewares do not get the error.
  if (bare) internalsOf(ctx).hiddenError = error;
  throw error;
}

function checkResponse(response: unknown, req: Request) {
  if (response instanceof Response) return;
  throw new TypeError(
    `Cannot answer ${req.method} ${req.url}: a handler returned ${
      Deno.inspect(response, { depth: 0 })
    }, required a Response`,
  );
}

function withoutBody(response: Response): Response {
  if (response.body === null) return response;
  const { status, statusText, headers } = response;
  return new Response(null, { status, statusText, headers });
}

/** The plain text response for an unhandled error. */
function defaultAnswer(error: unknown): Response {
  if (!(error instanceof HttpError)) {
    console.error(error);
    return new Response("Internal server error", { status: 500 });
  }
  if (error.status >= 500) console.error(error);
  const text = error.message || STATUS_TEXT[error.status] ||
    `Error ${error.status}`;
  return new Response(text, { status: error.status });
}

const STATUS_TEXT: Record<number, string | undefined> = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  418: "I'm a teapot",
  421: "Misdirected Request",
  422: "Unprocessable Entity",
  423: "Locked",
  424: "Failed Dependency",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
};
