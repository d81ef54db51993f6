import {
  type ComponentChildren,
  type ComponentType,
  Fragment,
  type FunctionComponent,
  h,
  isValidElement,
  options,
  type VNode,
} from "preact";
import { jsx } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import { build } from "./build_id.ts";
import { type Context, HTML_TYPE, internalsOf } from "./context.ts";
import { finishDocument } from "./document.ts";
import { type ResolvedFrame, resolveFrame } from "./frame.ts";
import { islandsOf } from "./island_markup.ts";
import { keyAttribute } from "./keyed_markup.ts";
import { raw } from "./markup.ts";
import { visit } from "./page_visitors.ts";
import { ownBuildId } from "./own_build_id.ts";
import { currentPass, RenderPass, within } from "./render_pass.ts";
import type { AppWrapper, LayoutConfig, PageProps } from "./types.ts";

type Props = PageProps<unknown, unknown>;
type Component = AppWrapper<never>;

// Preact calls this for each vnode before rendering it. Its own libraries use
// the same internal name.
const hooks = options as typeof options & {
  __b?: (vnode: VNode) => void;
  attr?: (name: string, value: unknown) => string | void;
};
const previousHook = hooks.__b;
hooks.__b = (vnode) => {
  const pass = currentPass();
  if (pass !== null) visit(vnode, pass);
  previousHook?.(vnode);
};

// Called for each dynamic attribute in precompiled JSX.
const previousAttr = hooks.attr;
hooks.attr = (name, value) =>
  name === "key" && value != null
    ? keyAttribute(value)
    : previousAttr?.(name, value);

/** Renders the vnode passed to `ctx.render()`. */
export async function renderVNode<State>(
  ctx: Context<State>,
  vnode: VNode | null,
  init?: ResponseInit,
  config?: LayoutConfig,
): Promise<Response> {
  if (vnode !== null && !isValidElement(vnode)) {
    throw new TypeError(
      `Cannot render ${
        Deno.inspect(vnode, { depth: 0 })
      }: required JSX or null`,
    );
  }
  const before = lastVersion();
  return await renderContent(ctx, vnode, init, config, before);
}

/** Renders a route's component with `ctx.data`. */
export async function renderComponent<State>(
  ctx: Context<State>,
  component: Component | null,
  init?: ResponseInit,
  config?: LayoutConfig,
): Promise<Response> {
  if (component === null) return await renderContent(ctx, null, init, config);
  const props = pageProps(ctx, Nothing, ctx.data);
  const content = await instantiate(component, props);
  if (content instanceof Response) return content;
  return await renderContent(ctx, content, init, config);
}

async function renderContent<State>(
  ctx: Context<State>,
  page: ComponentChildren,
  init: ResponseInit | undefined,
  config: LayoutConfig | undefined,
  before = 0,
): Promise<Response> {
  const internals = internalsOf(ctx);
  const frame = await resolveFrame(internals.frame, config);
  const content = await wrapInLayouts(ctx, page, frame);
  if (content instanceof Response) return content;
  const pass = await newPass(ctx);
  pass.firstVNode = before;
  const inner = renderIn(pass, content);
  const outer = await renderWrapper(ctx, inner, frame, pass);
  if (outer instanceof Response) return outer;
  internals.rendered = true;
  const { html, link } = await finishDocument(ctx, outer, pass, renderIn);
  return new Response(html, responseInit(init, link));
}

/** Wraps the page in its layouts, innermost last. */
async function wrapInLayouts<State>(
  ctx: Context<State>,
  page: ComponentChildren,
  { layouts }: ResolvedFrame,
): Promise<ComponentChildren | Response> {
  let content = page;
  for (const layout of layouts.toReversed()) {
    const inner = content;
    const wrapped = await instantiate(
      layout,
      pageProps(ctx, () => inner as VNode, null),
    );
    if (wrapped instanceof Response) return wrapped;
    content = wrapped;
  }
  return content;
}

/** Rendered after its content, whose `<Head>` elements it includes. */
async function renderWrapper<State>(
  ctx: Context<State>,
  inner: string,
  { app }: ResolvedFrame,
  pass: RenderPass,
): Promise<string | Response> {
  if (app === null) return inner;
  const Component = () => raw(inner);
  ctx.Component = Component;
  const props = isAsync(app)
    ? ctx as unknown as Props
    : pageProps(ctx, Component, null);
  const wrapper = await instantiate(app, props);
  return wrapper instanceof Response ? wrapper : renderIn(pass, wrapper);
}

function renderIn(pass: RenderPass, content: ComponentChildren): string {
  return within(pass, () => renderToString(h(Fragment, null, content)));
}

async function newPass<State>(ctx: Context<State>): Promise<RenderPass> {
  const internals = internalsOf(ctx);
  const islands = await islandsOf(internals.snapshot);
  build.id = internals.snapshot?.buildId ?? ownBuildId;
  return new RenderPass({ islands, url: ctx.url, nonce: () => nonceOf(ctx) });
}

/** The nonce of a response: 32 hex digits, created on first use. */
export function nonceOf<State>(ctx: Context<State>): string {
  const internals = internalsOf(ctx);
  return internals.nonce ??= crypto.randomUUID().replaceAll("-", "");
}

/**
 * Renders a component to a vnode. An `async` component is awaited and may
 * return a response.
 */
async function instantiate(
  component: Component,
  props: Props,
): Promise<ComponentChildren | Response> {
  if (isAsync(component)) return await component(props);
  return h(component as ComponentType<Props>, props);
}

function isAsync(
  component: Component,
): component is (props: unknown) => Promise<ComponentChildren | Response> {
  return component.constructor.name === "AsyncFunction";
}

const Nothing: FunctionComponent = () => null;

function pageProps<State>(
  ctx: Context<State>,
  Component: FunctionComponent,
  data: unknown,
): Props {
  const { config, error, info, isPartial, params, req, state, url, route } =
    ctx;
  return {
    Component,
    config,
    data,
    error,
    info,
    isPartial,
    params,
    req,
    state,
    url,
    route,
  };
}

/** The number of the last vnode created by JSX. */
function lastVersion(): number {
  return (jsx(Fragment, null as never) as VNode & { __v: number }).__v;
}

const HTML_INIT: ResponseInit = { headers: { "content-type": HTML_TYPE } };

function responseInit(
  init: ResponseInit | undefined,
  link: string | null,
): ResponseInit {
  if (init?.headers === undefined && link === null) {
    return init === undefined ? HTML_INIT : { ...init, ...HTML_INIT };
  }
  const headers = new Headers(init?.headers);
  if (link !== null) headers.append("link", link);
  headers.set("content-type", HTML_TYPE);
  return { ...init, headers };
}
