import type { ComponentChildren } from "preact";
import type {
  HandlerByMethod,
  HandlerFn,
  Middleware,
  PageProps,
  PageResponse,
  RouteData,
  RouteHandler,
} from "./types.ts";

/**
 * Makes the result of a handler that wants its page rendered.
 *
 * Fresh's documented behaviour has one trap, kept here: `page(null)` gives the
 * page `undefined`, as `page()` does.
 *
 * @param options `status` is 200 unless given; of `headers`, the content type
 * is always that of HTML.
 */
export function page<T>(
  data: T,
  options?: { status?: number; headers?: HeadersInit },
): PageResponse<T>;
export function page(
  data?: undefined,
  options?: { status?: number; headers?: HeadersInit },
): PageResponse<undefined>;
export function page(
  data?: unknown,
  options?: { status?: number; headers?: HeadersInit },
): PageResponse<unknown> {
  return {
    data: data ?? undefined,
    status: options?.status,
    headers: options?.headers,
  };
}

type Rendering = ComponentChildren | Promise<ComponentChildren | Response>;

/** Identity functions that give handlers, pages and middlewares their types. */
export interface Define<State> {
  handlers<H extends HandlerByMethod<unknown, State>>(handlers: H): H;
  handlers<H extends HandlerFn<unknown, State>>(handlers: H): H;
  page<Handler extends RouteHandler<unknown, State> = never>(
    component: (
      props: PageProps<
        [Handler] extends [never] ? unknown : RouteData<Handler>,
        State
      >,
    ) => Rendering,
  ): (
    props: PageProps<
      [Handler] extends [never] ? unknown : RouteData<Handler>,
      State
    >,
  ) => Rendering;
  layout(
    component: (props: PageProps<never, State>) => Rendering,
  ): (props: PageProps<never, State>) => Rendering;
  middleware<M extends Middleware<State> | Middleware<State>[]>(
    middleware: M,
  ): M;
}

/**
 * Makes the typed helpers of an app whose middlewares share `State`:
 * `define.page<typeof handler>` types `props.data` from what `handler` returns.
 */
export function createDefine<State>(): Define<State> {
  const same = <T>(value: T): T => value;
  return { handlers: same, page: same, layout: same, middleware: same };
}
