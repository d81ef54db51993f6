import type { WrapperLoader } from "./frame.ts";
import { readMiddleware, readRoute, readWrapper } from "./fs_modules.ts";
import { settle } from "./lazy.ts";
import {
  errorPage,
  lazyRouteAction,
  notFoundPage,
  type RouteAction,
  routeActions,
} from "./route.ts";
import { RouteTable } from "./router.ts";
import { type ErrorHandler, type NotFound, Segment } from "./segments.ts";
import type { FsFile, Snapshot } from "./snapshot.ts";
import type {
  MaybeLazy,
  Method,
  Middleware,
  Route,
  RouteConfig,
} from "./types.ts";

type AnyMiddleware = MaybeLazy<Middleware<never>>;

/**
 * Collects an app's calls, in order, into the tables of its handler. Paths have
 * no base path here, but the table's paths do.
 */
export class Registry {
  readonly table = new RouteTable();
  readonly root = new Segment();
  readonly notFound: NotFound = { handler: null };
  app: WrapperLoader | null = null;
  readonly #basePath: string;
  readonly #snapshot: Snapshot | undefined;

  constructor(basePath: string, snapshot: Snapshot | undefined) {
    this.#basePath = basePath;
    this.#snapshot = snapshot;
  }

  use(path: string, middlewares: readonly AnyMiddleware[]) {
    this.root.at(path).middlewares.push(...middlewares.map(settle));
  }

  on(
    methods: readonly Method[],
    path: string,
    middlewares: readonly AnyMiddleware[],
  ) {
    this.#add(methods, path, path, middlewares.map(settle));
  }

  /** Adds a route. Its own path determines its middlewares and layouts. */
  route(path: string, route: MaybeLazy<Route<never>>, config?: RouteConfig) {
    const pattern = config?.routeOverride;
    if (typeof route === "function") {
      const load = async () => withConfig(await route(), config);
      return this.#addActions([lazyRouteAction(load)], path, pattern ?? path);
    }
    const merged = withConfig(route, config);
    const override = merged.config?.routeOverride;
    this.#addActions(routeActions(merged), path, override ?? path);
  }

  wrap(app: WrapperLoader) {
    this.app = app;
  }

  layout(path: string, layout: WrapperLoader) {
    this.root.at(path).layout = layout;
  }

  onError(path: string, handler: ErrorHandler) {
    this.root.at(path).onError = handler;
  }

  setNotFound(handler: ErrorHandler) {
    this.notFound.handler = handler;
  }

  /** Adds the file routes of the build, if any, below `prefix`. */
  fsRoutes(prefix: string) {
    for (const file of this.#snapshot?.files ?? []) {
      this.#addFile(file, prefix);
    }
  }

  #addFile(file: FsFile, prefix: string) {
    const path = joinPaths(prefix, file.segment);
    const load = once(file.load);
    const route = async () => readRoute(file.file, await load());
    const wrapper = async () => readWrapper(file.file, await load());
    switch (file.kind) {
      case "middleware":
        return this.use(path, [readMiddleware(file.file, load)]);
      case "layout":
        return this.layout(path, wrapper);
      case "app":
        return this.wrap(wrapper);
      case "error":
        return this.onError(path, errorPage(route));
      case "notFound":
        return this.setNotFound(notFoundPage(route));
      case "route":
        return this.#addFileRoute(file, path, joinPaths(prefix, file.pattern));
    }
  }

  #addFileRoute(file: FsFile, segment: string, pattern: string) {
    if (file.eager === undefined) {
      const load = async () => readRoute(file.file, await file.load());
      return this.#addActions([lazyRouteAction(load)], segment, pattern);
    }
    const route = readRoute(file.file, file.eager);
    const override = route.config?.routeOverride;
    this.#addActions(routeActions(route), segment, override ?? pattern);
  }

  #addActions(actions: RouteAction[], segment: string, pattern: string) {
    for (const { methods, run } of actions) {
      this.#add(methods, segment, pattern, [run]);
    }
  }

  #add(
    methods: readonly Method[],
    segment: string,
    pattern: string,
    middlewares: readonly Middleware<never>[],
  ) {
    const path = joinPaths(this.#basePath, pattern);
    const chain = this.root.at(segment).chain(this.app, this.notFound);
    this.table.add(methods, path, [...chain, ...middlewares]);
  }
}

/** Joins route paths. `/` and an empty path stand for the prefix itself. */
export function joinPaths(prefix: string, path: string): string {
  const left = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
  if (path === "" || path === "/") return left === "" ? "/" : left;
  // An optional first parameter, `{/:lang}?`, includes its slash.
  return path.startsWith("/") || path.startsWith("{/")
    ? left + path
    : `${left}/${path}`;
}

function withConfig(
  route: Route<never>,
  config: RouteConfig | undefined,
): Route<never> {
  if (config === undefined) return route;
  return { ...route, config: { ...route.config, ...config } };
}

/** Runs `load` on the first call, and again after a failure. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return async () => {
    loaded ??= load();
    try {
      return await loaded;
    } catch (error) {
      loaded = undefined;
      throw error;
    }
  };
}
