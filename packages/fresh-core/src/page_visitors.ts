import { type ComponentType, Fragment, h, type VNode } from "preact";
import {
  collectHead,
  HeadEnd,
  headIdentity,
  HeadStart,
} from "./head_markup.ts";
import { keyedIsland } from "./island_markup.ts";
import { keyedComponent } from "./keyed_markup.ts";
import { type RenderPass, trimSlash } from "./render_pass.ts";
import { asset, assetSrcSet } from "./runtime/asset.ts";
import { Head } from "./runtime/head.ts";

type Props = Record<string, unknown>;
type Visitor = (vnode: VNode, props: Props, pass: RenderPass) => void;

/**
 * Processes a vnode before it is rendered: marks islands, collects `<Head>`,
 * adds nonces, build ids and attributes of links to the current page. Called
 * for every vnode of a page, so each kind costs one lookup.
 */
export function visit(vnode: VNode, pass: RenderPass) {
  const { type } = vnode;
  if (typeof type === "string") {
    const visitor = VISITORS.get(type);
    if (visitor !== undefined) visitor(vnode, vnode.props as Props, pass);
    return;
  }
  if (type === Head as unknown) {
    collectHead(vnode, pass);
  } else if (!pass.insideIsland) {
    visitComponent(vnode, pass);
  }
}

function visitComponent(vnode: VNode, pass: RenderPass) {
  const { type, key, props } = vnode;
  const island = pass.islands.get(type);
  if (island !== undefined) {
    vnode.type = key == null ? island.marked : keyedIsland(island, key);
  } else if (key != null && type !== Fragment) {
    const keyed = keyedComponent(type as ComponentType, key);
    pass.change(vnode, props as Props, keyed);
  }
}

const addNonce: Visitor = (vnode, props, pass) => {
  if (props.nonce != null) return;
  pass.change(vnode, { ...props, nonce: pass.nonce() });
};

const lockSources: Visitor = (vnode, props, pass) => {
  const { src, srcset = props.srcSet } = props;
  if (typeof src !== "string" && typeof srcset !== "string") return;
  if (props["data-fresh-disable-lock"]) return;
  const locked = { ...props };
  if (typeof src === "string") locked.src = asset(src);
  if (typeof srcset === "string") {
    delete locked.srcSet;
    locked.srcset = assetSrcSet(srcset);
  }
  pass.change(vnode, locked);
};

const placeHeadElement: Visitor = (vnode, _props, pass) => {
  if (!pass.insideHead || pass.head.size === 0) return;
  const identity = headIdentity(vnode);
  const replacement = pass.head.get(identity);
  if (replacement === undefined) return;
  pass.head.delete(identity);
  pass.change(vnode, replacement.props as Props, replacement.type);
};

const addHead: Visitor = (vnode, props, pass) => {
  pass.hasHead = true;
  if (pass.head.size === 0) return;
  const children = [h(HeadStart, null), props.children, h(HeadEnd, null)];
  pass.change(vnode, { ...props, children });
};

const markLink: Visitor = (vnode, props, pass) => {
  const { href } = props;
  if (props["aria-current"] != null) return;
  if (typeof href !== "string" || href.charCodeAt(0) !== SLASH) return;
  // JSX that the caller of render() created outside components is unchanged.
  if (versionOf(vnode) > pass.firstVNode) return;
  const relation = relationOf(href, pass);
  if (relation === null) return;
  const isPage = relation === "data-current";
  pass.change(vnode, {
    ...props,
    [relation]: "true",
    "aria-current": isPage ? "page" : "true",
  });
};

const SLASH = 47;

/** `data-current` for the page itself, `data-ancestor` for a parent path. */
function relationOf(href: string, { path: current, search }: RenderPass) {
  // Most links lead to other pages, which their first letters show.
  if (href.length > 1 && href[1] !== current[1] && !/^\/[?#]/.test(href)) {
    return null;
  }
  const end = href.search(/[?#]/);
  const path = trimSlash(end === -1 ? href : href.slice(0, end));
  if (!current.startsWith(path)) return null;
  if (path.length < current.length) {
    return path === "" || current[path.length] === "/" ? "data-ancestor" : null;
  }
  if (end === -1 || href[end] !== "?") return "data-current";
  return href.slice(end).split("#", 1)[0] === search
    ? "data-current"
    : "data-ancestor";
}

/** JSX numbers its vnodes downwards in order of creation. */
function versionOf(vnode: VNode): number {
  return (vnode as VNode & { __v: number }).__v;
}

const VISITORS = new Map<string, Visitor>([
  ["a", markLink],
  ["img", lockSources],
  ["source", lockSources],
  ["html", (_vnode, _props, pass) => pass.hasHtml = true],
  ["body", (_vnode, _props, pass) => pass.hasBody = true],
  ["head", addHead],
  ["title", placeThenAddNonce],
  ["meta", placeThenAddNonce],
  ["link", placeThenAddNonce],
  ["base", placeThenAddNonce],
  ["noscript", placeThenAddNonce],
  ["template", placeThenAddNonce],
  ["script", placeThenAddNonce],
  ["style", placeThenAddNonce],
]);

/** A replacement may have another type, so the type is read afterwards. */
function placeThenAddNonce(vnode: VNode, props: Props, pass: RenderPass) {
  placeHeadElement(vnode, props, pass);
  if (vnode.type !== "script" && vnode.type !== "style") return;
  addNonce(vnode, vnode.props as Props, pass);
}
