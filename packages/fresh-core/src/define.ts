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
 * Creates a handler result that renders its page. As documented for Fresh,
 * `page(null)` passes `undefined` to the page, like `page()`.
 *
 * @param options `status` is 200 by default. The content type is always HTML.
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

/** Identity functions that type handlers, pages and middlewares. */
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
 * Creates the typed helpers of an app whose middlewares share `State`.
 * `define.page<typeof handler>` types `props.data` from the handler's result.
 */
export function createDefine<State>(): Define<State> {
  const same = <T>(value: T): T => value;
  return { handlers: same, page: same, layout: same, middleware: same };
}
