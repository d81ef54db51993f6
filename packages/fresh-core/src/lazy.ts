import type { Context } from "./context.ts";
import type { MaybeLazy, Middleware } from "./types.ts";

/**
 * Resolves a lazy middleware. A function that returns a function is called once
 * and replaced by its result.
 */
export function settle<State>(
  middleware: MaybeLazy<Middleware<State>>,
): Middleware<never> {
  let actual = middleware as Middleware<State>;
  let settled = false;
  return (ctx) => {
    const result = actual(ctx);
    if (settled || result instanceof Response) return result;
    return replaceIfLazy(result, ctx);
  };

  async function replaceIfLazy(
    pending: Response | Promise<Response>,
    ctx: Context<State>,
  ): Promise<Response> {
    const result: Response | Middleware<State> = await pending;
    if (typeof result !== "function") return result;
    actual = result;
    settled = true;
    return await actual(ctx);
  }
}

/**
 * Combines middlewares into one. Each is called by the previous one's `next()`.
 */
export function sequence(
  middlewares: readonly Middleware<never>[],
): Middleware<never> {
  return (ctx) => runFrom(middlewares, 0, ctx);
}

async function runFrom(
  middlewares: readonly Middleware<never>[],
  at: number,
  ctx: Context<never>,
): Promise<Response> {
  const middleware = middlewares[at];
  if (middleware === undefined) return await ctx.next();
  const next = ctx.next;
  const own = async () => {
    ctx.next = next;
    try {
      return await runFrom(middlewares, at + 1, ctx);
    } catch (error) {
      ctx.error = error;
      throw error;
    } finally {
      ctx.next = own;
    }
  };
  ctx.next = own;
  try {
    return await middleware(ctx);
  } finally {
    ctx.next = next;
  }
}
