import type { FunctionComponent, VNode } from "preact";
import type { Frame } from "./frame.ts";
import { HttpError } from "./http_error.ts";
import type { Snapshot } from "./snapshot.ts";
import type { LayoutConfig, Middleware, ResolvedFreshConfig } from "./types.ts";

/** Middlewares in the order in which they run; the last one answers. */
export type Chain = readonly Middleware<never>[];

/** What the framework keeps for a request. */
export interface Internals {
  chain: Chain;
  /** Where in the chain the request is. */
  position: number;
  /** The layouts and the wrapper around what is rendered now. */
  frame: Frame;
  snapshot: Snapshot | undefined;
  /** The nonce of the response, once something has asked for it. */
  nonce: string | undefined;
  /** Whether the answer was rendered, so that the nonce is in its HTML. */
  rendered: boolean;
  /** An error of the framework's own that error pages do not get to see. */
  hiddenError: unknown;
}

const INTERNALS = Symbol("internals");

/** The part of a context that only the framework uses. */
export function internalsOf<State>(ctx: Context<State>): Internals {
  return ctx[INTERNALS];
}

interface ContextInit {
  config: ResolvedFreshConfig;
  req: Request;
  url: URL;
  info: Deno.ServeHandlerInfo;
  route: string | null;
  params: Record<string, string>;
  internals: Internals;
}

/**
 * One request on its way through middlewares, handlers and pages.
 *
 * Apps get contexts, they never make one. `url` is Fresh's own copy of the
 * request's URL: runs of slashes are collapsed and, behind a trusted proxy,
 * its headers applied.
 */
export class Context<State> {
  readonly config: ResolvedFreshConfig;
  readonly url: URL;
  /** A middleware may replace it for those after it. */
  req: Request;
  /** The pattern that matched, with the base path; `null` if none did. */
  readonly route: string | null;
  readonly params: Record<string, string>;
  /** One object per request, shared by all that see the request. */
  readonly state: State = {} as State;
  data: unknown = undefined;
  /** The last error thrown, which a middleware that catches sees too; else `null`. */
  error: unknown = null;
  readonly info: Deno.ServeHandlerInfo;
  /** What a wrapper wraps, while one renders. */
  Component: FunctionComponent = () => null;
  readonly [INTERNALS]: Internals;

  constructor(init: ContextInit) {
    this.config = init.config;
    this.url = init.url;
    this.req = init.req;
    this.route = init.route;
    this.params = init.params;
    this.info = init.info;
    this[INTERNALS] = init.internals;
  }

  /** Whether only parts of the page are asked for: `fresh-partial` is there. */
  get isPartial(): boolean {
    return this.url.search !== "" &&
      this.url.searchParams.has("fresh-partial");
  }

  /**
   * Runs the rest of the chain.
   *
   * @throws {HttpError} 404, in the last handler: no other route is tried.
   */
  async next(): Promise<Response> {
    const internals = this[INTERNALS];
    const position = ++internals.position;
    const middleware = internals.chain[position];
    if (middleware === undefined) throw new HttpError(404);
    try {
      return await middleware(this as unknown as Context<never>);
    } catch (error) {
      this.error = error;
      throw error;
    } finally {
      internals.position = position - 1;
    }
  }

  /**
   * Redirects. Runs of slashes in the path of a target that starts with `/`
   * are collapsed, so that `//evil.com` stays here; backslashes are not
   * touched, so check targets that users name. The base path is not added.
   */
  redirect(pathOrUrl: string, status = 302): Response {
    let location = pathOrUrl;
    if (location !== "/" && location.startsWith("/")) {
      const end = location.search(/[?#]/);
      const path = end === -1 ? location : location.slice(0, end);
      location = path.replaceAll(/\/{2,}/g, "/") + location.slice(path.length);
    }
    if (this.isPartial) location = withPartial(location);
    return new Response(null, { status, headers: { location } });
  }

  /**
   * Renders a page inside the layouts and the wrapper that apply here.
   *
   * @throws {TypeError} If `vnode` is neither a VNode nor `null`.
   */
  async render(
    vnode: VNode | null,
    init?: ResponseInit,
    config?: LayoutConfig,
  ): Promise<Response> {
    renderer ??= await import("./render.ts");
    return await renderer.renderVNode(this, vnode, init, config);
  }

  /** Answers with text: `text/plain` unless `init` says otherwise. */
  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  /** Answers with HTML, whatever content type `init` names. */
  html(content: string, init?: ResponseInit): Response {
    if (init === undefined) return new Response(content, HTML_INIT);
    const headers = new Headers(init.headers);
    headers.set("content-type", HTML_TYPE);
    return new Response(content, { ...init, headers });
  }

  /** Answers with JSON. */
  json(value: unknown, init?: ResponseInit): Response {
    return Response.json(value, init);
  }

  /**
   * Answers piece by piece. Strings are encoded, bytes pass, other values
   * become strings; there is no content type unless `init` has one.
   */
  stream<T>(
    source:
      | Iterable<T>
      | AsyncIterable<T>
      | (() => Iterable<T> | AsyncIterable<T>),
    init?: ResponseInit,
  ): Response {
    const chunks = typeof source === "function" ? source() : source;
    return new Response(ReadableStream.from(encoded(chunks)), init);
  }
}

/** The content type of everything that is rendered. */
export const HTML_TYPE = "text/html; charset=utf-8";

const HTML_INIT: ResponseInit = { headers: { "content-type": HTML_TYPE } };

// Loaded with the first page, so that an API starts without Preact.
let renderer: typeof import("./render.ts") | undefined;

function withPartial(location: string): string {
  const [target = "", hash] = location.split("#", 2);
  const separator = target.includes("?") ? "&" : "?";
  const suffix = hash === undefined ? "" : `#${hash}`;
  return `${target}${separator}fresh-partial=true${suffix}`;
}

async function* encoded<T>(chunks: Iterable<T> | AsyncIterable<T>) {
  const encoder = new TextEncoder();
  for await (const chunk of chunks) {
    yield chunk instanceof Uint8Array ? chunk : encoder.encode(String(chunk));
  }
}
