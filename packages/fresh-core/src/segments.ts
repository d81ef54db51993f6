import { type Context, internalsOf } from "./context.ts";
import { EMPTY_FRAME, type Frame, type WrapperLoader } from "./frame.ts";
import { HttpError } from "./http_error.ts";
import type { Middleware } from "./types.ts";

/** Answers for an error; what it throws is the next one's to answer. */
export type ErrorHandler = (
  ctx: Context<never>,
  error: unknown,
) => Response | Promise<Response>;

/** The handler for 404s, read when one happens: one per app, last one wins. */
export interface NotFound {
  handler: ErrorHandler | null;
}

/** A part of a path, with what is registered for it and all below. */
export class Segment {
  readonly #children = new Map<string, Segment>();
  readonly #parent: Segment | null;
  middlewares: Middleware<never>[] = [];
  layout: WrapperLoader | null = null;
  onError: ErrorHandler | null = null;

  constructor(parent: Segment | null = null) {
    this.#parent = parent;
  }

  /** The segment of a path: its text is cut at slashes and not interpreted. */
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
   * The middlewares for a route of this segment as things stand: what is
   * registered later does not reach it.
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

  /** This segment's ancestors from the root on, and itself. */
  #path(): Segment[] {
    const above = this.#parent === null ? [] : this.#parent.#path();
    return [...above, this];
  }
}

/**
 * Stands around a segment's middlewares: sets the frame of what is rendered
 * inside, and turns errors from inside into the segment's error page.
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
