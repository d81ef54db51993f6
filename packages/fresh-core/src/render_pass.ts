import type { FunctionComponent, VNode } from "preact";
import type { Island } from "./snapshot.ts";

/** JSX that an island gets as a prop: rendered here, put in place there. */
export interface Slot {
  id: number;
  name: string;
  content: unknown;
  rendered: boolean;
}

/** An island function and the component that marks it in the page. */
export interface MarkedIsland extends Island {
  marked: FunctionComponent;
}

/** Islands by their function. */
export type IslandMap = ReadonlyMap<unknown, MarkedIsland>;

/** What one rendering of a page has found so far. */
export class RenderPass {
  readonly islands: IslandMap;
  /** The page's path without a slash at its end; links are compared to it. */
  readonly path: string;
  /** The page's query, with its question mark. */
  readonly search: string;
  readonly nonce: () => string;
  /** Whether what renders now is an island's own, not a slot of it. */
  insideIsland = false;
  /** Vnodes made before this one are the caller's own, not a component's. */
  firstVNode = 0;
  readonly usedIslands = new Map<string, MarkedIsland>();
  readonly islandProps: Record<string, unknown>[] = [];
  readonly slots: Slot[] = [];
  /** What `<Head>` collected, by identity; what is placed is taken out. */
  readonly head = new Map<string, VNode>();
  insideHead = false;
  hasHtml = false;
  hasHead = false;
  hasBody = false;
  readonly #changed: [VNode, VNode["type"], VNode["props"]][] = [];

  constructor(
    init: { islands: IslandMap; url: URL; nonce: () => string },
  ) {
    this.islands = init.islands;
    this.path = trimSlash(init.url.pathname);
    this.search = init.url.search;
    this.nonce = init.nonce;
  }

  /**
   * Gives a vnode other props, or another type, until the pass ends: an app may
   * keep a vnode and render it for the next request again.
   */
  change(
    vnode: VNode,
    props: Record<string, unknown>,
    type: VNode["type"] = vnode.type,
  ) {
    this.#changed.push([vnode, vnode.type, vnode.props]);
    vnode.props = props as VNode["props"];
    vnode.type = type;
  }

  /** Undoes all changes, the last one first. */
  restore() {
    for (const [vnode, type, props] of this.#changed.reverse()) {
      Object.assign(vnode, { type, props });
    }
    this.#changed.length = 0;
  }
}

/** A path without a slash at its end: the root is empty. */
export function trimSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

let current: RenderPass | null = null;

/** The pass that renders now. Rendering is synchronous, so there is one. */
export function currentPass(): RenderPass | null {
  return current;
}

/** Runs `render` as part of `pass`. */
export function within<T>(pass: RenderPass, render: () => T): T {
  const outer = current;
  current = pass;
  try {
    return render();
  } finally {
    current = outer;
    pass.restore();
  }
}
