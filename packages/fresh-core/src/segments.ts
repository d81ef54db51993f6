import { type Context, internalsOf } from "./context.ts";
import { EMPTY_FRAME, type Frame, type WrapperLoader } from "./frame.ts";
import { HttpError } from "./http_error.ts";
import type { Middleware } from "./types.ts";

/** Handles an error. An error that it throws goes to the next outer handler. */
export type ErrorHandler = (
  ctx: Context<never>,
  error: unknown,
) => Response | Promise<Response>;

/** The app's 404 handler, read when a 404 occurs. The last one set wins. */
export interface NotFound {
  handler: ErrorHandler | null;
}

/** A part of a path, with everything registered for it and below. */
export class Segment {
  readonly #children = new Map<string, Segment>();
  readonly #parent: Segment | null;
  middlewares: Middleware<never>[] = [];
  layout: WrapperLoader | null = null;
  onError: ErrorHandler | null = null;

  constructor(parent: Segment | null = null) {
    this.#parent = parent;
  }

  /** The segment of a path, which is split at slashes and not interpreted. */
  at(path: string): Segment {
    return path.split("/").filter((part) => part !== "").reduce<Segment>(
      (segment, part) => segment.#child(part),
      this,
    );
  }

  #child(part: string): Segment {
    let child = this.#children.get(part);
    if (child === undefined) {
      child = new Segment(this);
      this.#children.set(part, child);
    }
    return child;
  }

  /**
   * The current middlewares of this segment. Later registrations do not affect
   * the returned chain.
   */
  chain(app: WrapperLoader | null, notFound: NotFound): Middleware<never>[] {
    const chain: Middleware<never>[] = [];
    const layouts: WrapperLoader[] = [];
    for (const segment of this.#path()) {
      if (segment.layout !== null) layouts.push(segment.layout);
      const isRoot = segment.#parent === null;
      const frames = segment.layout !== null || (isRoot && app !== null);
      if (frames || segment.onError !== null || isRoot) {
        const frame = layouts.length === 0 && app === null
          ? EMPTY_FRAME
          : { app, layouts: [...layouts] };
        chain.push(boundary(frame, segment.onError, notFound));
      }
      chain.push(...segment.middlewares);
    }
    return chain;
  }

  /** This segment and its ancestors, from the root. */
  #path(): Segment[] {
    const above = this.#parent === null ? [] : this.#parent.#path();
    return [...above, this];
  }
}

/**
 * Wraps a segment's middlewares. Sets the frame of rendering, and turns errors
 * into the segment's error page.
 */
function boundary(
  frame: Frame,
  onError: ErrorHandler | null,
  notFound: NotFound,
): Middleware<never> {
  return async (ctx) => {
    const internals = internalsOf(ctx);
    const outer = internals.frame;
    internals.frame = frame;
    try {
      return await ctx.next();
    } catch (error) {
      const is404 = error instanceof HttpError && error.status === 404;
      const handler = (is404 ? notFound.handler : null) ?? onError;
      if (handler === null) throw error;
      ctx.error = error === internals.hiddenError ? null : error;
      return await handler(ctx, error);
    } finally {
      internals.frame = outer;
    }
  };
}
