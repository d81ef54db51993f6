import type { FunctionComponent, VNode } from "preact";
import type { Island } from "./snapshot.ts";

/**
 * JSX passed to an island as a prop: rendered on the server, placed in the
 * browser.
 */
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

/** The state of rendering one page. */
export class RenderPass {
  readonly islands: IslandMap;
  /** The page's path without a trailing slash, for comparison with links. */
  readonly path: string;
  /** The page's query, with its question mark. */
  readonly search: string;
  readonly nonce: () => string;
  /** Whether the current markup is an island's own, not a slot's. */
  insideIsland = false;
  /**
   * Vnodes created before this one belong to the caller, not to a component.
   */
  firstVNode = 0;
  readonly usedIslands = new Map<string, MarkedIsland>();
  readonly islandProps: Record<string, unknown>[] = [];
  readonly slots: Slot[] = [];
  /** Collected `<Head>` elements by identity. Placed ones are removed. */
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
   * Changes a vnode's props or type until the pass ends, since an app may
   * render the same vnode for the next request.
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

  /** Undoes all changes, last one first. */
  restore() {
    for (const [vnode, type, props] of this.#changed.reverse()) {
      Object.assign(vnode, { type, props });
    }
    this.#changed.length = 0;
  }
}

/** A path without its trailing slash. The root is empty. */
export function trimSlash(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

let current: RenderPass | null = null;

/** The current pass. Rendering is synchronous, so there is only one. */
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
