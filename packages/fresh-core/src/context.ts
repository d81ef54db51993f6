import type { FunctionComponent, VNode } from "preact";
import type { Frame } from "./frame.ts";
import { HttpError } from "./http_error.ts";
import type { Snapshot } from "./snapshot.ts";
import type { LayoutConfig, Middleware, ResolvedFreshConfig } from "./types.ts";

/** Middlewares in execution order. The last one responds. */
export type Chain = readonly Middleware<never>[];

/** Framework state of a request. */
export interface Internals {
  chain: Chain;
  /** The index of the current middleware in the chain. */
  position: number;
  /** The layouts and wrapper of the current rendering. */
  frame: Frame;
  snapshot: Snapshot | undefined;
  /** The nonce of the response, created on first use. */
  nonce: string | undefined;
  /** Whether the response was rendered, so that its HTML contains the nonce. */
  rendered: boolean;
  /** A framework error that is hidden from error pages. */
  hiddenError: unknown;
}

const INTERNALS = Symbol("internals");

/** The framework's state of a context. */
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
 * The context of one request, passed to middlewares, handlers and pages. Apps
 * do not create contexts. In `url`, runs of slashes are collapsed, and headers
 * of a trusted proxy are applied.
 */
export class Context<State> {
  readonly config: ResolvedFreshConfig;
  readonly url: URL;
  /** A middleware may replace it for later ones. */
  req: Request;
  /** The matched pattern with the base path, or `null`. */
  readonly route: string | null;
  readonly params: Record<string, string>;
  /** One object per request, shared by all middlewares and pages. */
  readonly state: State = {} as State;
  data: unknown = undefined;
  /** The last error thrown, or `null`. Set for middlewares that catch, too. */
  error: unknown = null;
  readonly info: Deno.ServeHandlerInfo;
  /** The content of the current wrapper or layout. */
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

  /** Whether the request has the `fresh-partial` query parameter. */
  get isPartial(): boolean {
    return this.url.search !== "" &&
      this.url.searchParams.has("fresh-partial");
  }

  /**
   * Runs the rest of the chain.
   *
   * @throws {HttpError} 404 in the last handler. No other route is tried.
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
   * Redirects. If the target starts with `/`, runs of slashes in its path are
   * collapsed, so `//evil.com` stays on this site. Backslashes are unchanged,
   * so validate targets from users. The base path is not added.
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
   * Renders a page inside its layouts and wrapper.
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

  /** Responds with text, by default `text/plain`. */
  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  /** Responds with HTML, ignoring the content type in `init`. */
  html(content: string, init?: ResponseInit): Response {
    if (init === undefined) return new Response(content, HTML_INIT);
    const headers = new Headers(init.headers);
    headers.set("content-type", HTML_TYPE);
    return new Response(content, { ...init, headers });
  }

  /** Responds with JSON. */
  json(value: unknown, init?: ResponseInit): Response {
    return Response.json(value, init);
  }

  /**
   * Streams a response. Strings are encoded, bytes are sent unchanged, and
   * other values are converted to strings. The content type is that of `init`,
   * if any.
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

/** The content type of rendered pages. */
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
