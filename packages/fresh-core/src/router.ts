import type { Chain } from "./context.ts";
import {
  compilePattern,
  displayPattern,
  isStatic,
  type Matcher,
  newParams,
} from "./pattern.ts";
import type { Method } from "./types.ts";

/** All supported methods. */
export const METHODS: readonly Method[] = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
];

interface Entry {
  /** The pattern in the form of `ctx.route`. */
  route: string;
  chains: Map<string, Chain>;
}

interface DynamicEntry extends Entry {
  match: Matcher;
}

/** The result of matching a request. */
export type Match =
  | { kind: "route"; route: string; params: Params; chain: Chain }
  | { kind: "options"; route: string; params: Params; allow: string }
  | { kind: "method"; route: string; params: Params }
  | { kind: "unknownMethod"; route: string; params: Params }
  | { kind: "none" };

type Params = Record<string, string>;

/**
 * The routes of an app. As documented for Fresh, static paths match first, with
 * or without a trailing slash, then dynamic patterns in order of registration.
 * The first path match decides, even if it lacks the method.
 */
export class RouteTable {
  #static = new Map<string, Entry>();
  #dynamic: DynamicEntry[] = [];
  #byPattern = new Map<string, Entry>();

  /** Adds a chain. The first registration of a path and method wins. */
  add(methods: readonly Method[], path: string, chain: Chain) {
    const entry = this.#entry(path);
    for (const method of methods) {
      if (!entry.chains.has(method)) entry.chains.set(method, chain);
    }
  }

  /** @param pathname As in a URL: encoded, with runs of slashes collapsed. */
  match(method: string, pathname: string): Match {
    const entry = this.#static.get(pathname) ??
      this.#static.get(toggleSlash(pathname));
    if (entry !== undefined) return pick(entry, method, newParams());
    for (const candidate of this.#dynamic) {
      const params = candidate.match(pathname);
      if (params !== null) return pick(candidate, method, params);
    }
    return { kind: "none" };
  }

  #entry(path: string): Entry {
    const known = this.#byPattern.get(path);
    if (known !== undefined) return known;
    const entry: Entry = { route: displayPattern(path), chains: new Map() };
    this.#byPattern.set(path, entry);
    if (isStatic(path)) {
      this.#static.set(new URL(path, "http://localhost").pathname, entry);
      return entry;
    }
    const dynamic = Object.assign(entry, { match: compilePattern(path) });
    this.#dynamic.push(dynamic);
    return dynamic;
  }
}

function pick({ route, chains }: Entry, method: string, params: Params): Match {
  const chain = chains.get(method) ??
    (method === "HEAD" ? chains.get("GET") : undefined);
  if (chain !== undefined) return { kind: "route", route, params, chain };
  if (method === "OPTIONS") {
    return {
      kind: "options",
      route,
      params,
      allow: [...chains.keys()].join(", "),
    };
  }
  const known = (METHODS as readonly string[]).includes(method);
  return { kind: known ? "method" : "unknownMethod", route, params };
}

function toggleSlash(pathname: string): string {
  return pathname.endsWith("/") ? pathname.slice(0, -1) : pathname + "/";
}
