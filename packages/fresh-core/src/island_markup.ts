import {
  type ComponentChildren,
  Fragment,
  type FunctionComponent,
  h,
  isValidElement,
  type VNode,
} from "preact";
import { keyText } from "./keyed_markup.ts";
import { raw } from "./markup.ts";
import {
  currentPass,
  type IslandMap,
  type MarkedIsland,
  type RenderPass,
  type Slot,
} from "./render_pass.ts";
import { isSignal } from "./signal_like.ts";
import type { Island, IslandModule, Snapshot } from "./snapshot.ts";

const maps = new WeakMap<Snapshot, IslandMap>();
const NO_ISLANDS: IslandMap = new Map();

/**
 * The islands of a build by their function. Their modules are loaded with the
 * first page.
 */
export function islandsOf(
  snapshot: Snapshot | undefined,
): IslandMap | Promise<IslandMap> {
  if (snapshot === undefined) return NO_ISLANDS;
  return maps.get(snapshot) ?? loadIslands(snapshot);
}

async function loadIslands(snapshot: Snapshot): Promise<IslandMap> {
  const islands = new Map<unknown, MarkedIsland>();
  const taken = new Set<string>();
  const modules = await Promise.all(
    snapshot.islands.map(async (island) => ({
      island,
      mod: await island.load(),
    })),
  );
  for (const { island, mod } of modules) {
    for (const [exportName, fn] of Object.entries(mod)) {
      if (typeof fn !== "function" || islands.has(fn)) continue;
      const name = uniqueName(
        exportName === "default" ? island.name : exportName,
        taken,
      );
      islands.set(fn, mark(toIsland(island, exportName, name, fn)));
    }
  }
  maps.set(snapshot, islands);
  return islands;
}

function toIsland(
  { file, imports }: IslandModule,
  exportName: string,
  name: string,
  // deno-lint-ignore ban-types -- any function that a module exports is taken for a component
  fn: Function,
): Island {
  return {
    exportName,
    name,
    file,
    imports,
    fn: fn as unknown as FunctionComponent,
  };
}

/** Appends a number to make a name unique and safe to declare in a script. */
function uniqueName(wanted: string, taken: Set<string>): string {
  const isTaken = wanted in globalThis || RESERVED.test(wanted);
  const base = isTaken ? `_${wanted}` : wanted;
  let name = base;
  for (let i = 1; taken.has(name); i++) name = `${base}_${i}`;
  taken.add(name);
  return name;
}

const RESERVED =
  /^(?:await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield)$/;

/** Adds the component that renders an island between its markers. */
function mark(island: Island): MarkedIsland {
  const marked: MarkedIsland = {
    ...island,
    marked: (props) => between(marked, props, ""),
  };
  return marked;
}

/** The component of an island that has a key. */
export function keyedIsland(
  island: MarkedIsland,
  key: unknown,
): FunctionComponent {
  return (props) => between(island, props, keyText(key));
}

function between(
  island: MarkedIsland,
  props: Record<string, unknown>,
  key: string,
): VNode {
  const pass = currentPass();
  // An island inside another island's markup is a plain component.
  if (pass === null || pass.insideIsland) return h(island.fn, props);
  const index = pass.islandProps.length;
  const slotted = withSlots(pass, props);
  pass.islandProps.push(slotted);
  pass.usedIslands.set(island.name, island);
  return h(Fragment, null, [
    h(Marker, {
      html: `<!--frsh:island:${island.name}:${index}:${key}-->`,
      inside: true,
    }),
    h(island.fn, slotted),
    h(Marker, { html: "<!--/frsh:island-->", inside: false }),
  ]);
}

/** Writes a comment and records whether an island starts or ends. */
function Marker({ html, inside }: { html: string; inside: boolean }) {
  const pass = currentPass();
  if (pass !== null) pass.insideIsland = inside;
  return raw(html);
}

/** Replaces children (including text) and JSX props with slots. */
function withSlots(
  pass: RenderPass,
  props: Record<string, unknown>,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(props)) {
    if (name === "children" && typeof value === "function") continue;
    out[name] = isSlot(name, value) ? toSlot(pass, name, value) : value;
  }
  return out;
}

function isSlot(name: string, value: unknown): boolean {
  if (isValidElement(value) && !isSignal(value)) return true;
  return name === "children" &&
    (Array.isArray(value) || typeof value === "string");
}

/** A placeholder for JSX in an island's props. */
export interface SlotVNode extends VNode {
  slot: Slot;
}

function toSlot(pass: RenderPass, name: string, content: unknown): VNode {
  const slot = { id: pass.slots.length, name, content, rendered: false };
  pass.slots.push(slot);
  return Object.assign(h(SlotContent, { slot }) as VNode, { slot });
}

/** Renders a slot, in which islands are marked again. */
function SlotContent({ slot }: { slot: Slot }) {
  slot.rendered = true;
  return [
    h(Marker, {
      html: `<!--frsh:slot:${slot.id}:${slot.name}-->`,
      inside: false,
    }),
    slot.content as ComponentChildren,
    h(Marker, { html: "<!--/frsh:slot-->", inside: true }),
  ];
}

/** Whether a value is a slot placeholder. */
export function isSlotVNode(value: object): value is SlotVNode {
  return "slot" in value && isValidElement(value) && value.type === SlotContent;
}
