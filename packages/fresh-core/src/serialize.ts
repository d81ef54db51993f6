import { uneval } from "devalue";
import { isValidElement } from "preact";
import { isSlotVNode } from "./island_markup.ts";
import { isComputed, isSignal, type SignalLike } from "./signal_like.ts";

/** The source of a script's part, and whether it makes signals. */
export interface SerializedProps {
  /** A function's source: `x => props`, where `x(id)` makes a slot. */
  source: string;
  hasSignals: boolean;
}

/**
 * Writes the props of a page's islands as JavaScript, all in one expression,
 * so that what they share is shared in the browser, and no parser is needed
 * there. `<` is escaped in it.
 *
 * Follows Fresh in what becomes of class instances (plain objects of their own
 * fields), symbol keys (dropped) and views of buffers (the whole buffer).
 *
 * @throws {TypeError} If a prop is, or contains, a function or nested JSX.
 */
export function serializeProps(
  props: Record<string, unknown>[],
): SerializedProps {
  const graph = new Graph();
  const root = graph.copy(props, "props");
  // Copying a signal's value may find more signals: the list grows meanwhile.
  const values: unknown[] = [];
  for (let i = 0; i < graph.signals.length; i++) {
    values.push(graph.copy(graph.signals[i]!.peek(), "signal"));
  }
  if (values.length === 0) {
    return { source: `x=>${write(root)}`, hasSignals: false };
  }
  const made = graph.signals.map((signal, i) =>
    isComputed(signal) ? `computed(()=>v[${i}])` : "signal()"
  );
  const filled = graph.signals.map((signal, i) =>
    isComputed(signal) ? "" : `s[${i}].value=v[${i}];`
  );
  const source = `x=>{let s=[${made}],[p,v]=${write([root, values])};${
    filled.join("")
  }return p}`;
  return { source, hasSignals: true };
}

function write(value: unknown): string {
  return uneval(value, (item, js) => {
    if (item instanceof SignalRef) return js`s[${item.index}]`;
    if (item instanceof SlotRef) return js`x(${item.id})`;
    return undefined;
  });
}

class SignalRef {
  constructor(readonly index: number) {}
}

class SlotRef {
  constructor(readonly id: number) {}
}

/** Copies values into what the serializer takes, keeping what is shared. */
class Graph {
  readonly signals: SignalLike[] = [];
  readonly #copies = new Map<object, unknown>();

  copy(value: unknown, path: string): unknown {
    if (typeof value === "function") {
      throw new TypeError(
        `Cannot pass ${path} to an island: a function cannot be serialized`,
      );
    }
    if (typeof value !== "object" || value === null) return value;
    const known = this.#copies.get(value);
    return known ?? this.#copyObject(value, path);
  }

  #copyObject(value: object, path: string): unknown {
    if (isSlotVNode(value)) {
      return this.#keep(value, new SlotRef(value.slot.id));
    }
    if (isSignal(value)) {
      const ref = new SignalRef(this.signals.push(value) - 1);
      return this.#keep(value, ref);
    }
    if (isValidElement(value)) {
      throw new TypeError(
        `Cannot pass ${path} to an island: JSX inside an array or object cannot be serialized`,
      );
    }
    if (Array.isArray(value)) return this.#copyArray(value, path);
    if (value instanceof Map) return this.#copyMap(value, path);
    if (value instanceof Set) return this.#copySet(value, path);
    const builtIn = copyBuiltIn(value);
    if (builtIn !== undefined) return this.#keep(value, builtIn);
    return this.#copyFields(value, path);
  }

  #copyArray(value: unknown[], path: string): unknown[] {
    const copy = this.#keep(value, new Array(value.length));
    value.forEach((item, i) => copy[i] = this.copy(item, `${path}[${i}]`));
    return copy;
  }

  #copyMap(value: Map<unknown, unknown>, path: string) {
    const copy = this.#keep(value, new Map());
    for (const [key, item] of value) {
      copy.set(this.copy(key, `a key of ${path}`), this.copy(item, path));
    }
    return copy;
  }

  #copySet(value: Set<unknown>, path: string) {
    const copy = this.#keep(value, new Set());
    for (const item of value) copy.add(this.copy(item, path));
    return copy;
  }

  #copyFields(value: object, path: string) {
    const copy: Record<string, unknown> = this.#keep(value, {});
    for (const [key, item] of Object.entries(value)) {
      // Dropped: set in the browser, it would be the object's prototype.
      if (key !== "__proto__") copy[key] = this.copy(item, `${path}.${key}`);
    }
    return copy;
  }

  #keep<T>(value: object, copy: T): T {
    this.#copies.set(value, copy);
    return copy;
  }
}

/** Values that the serializer knows; the rest is reduced to its own fields. */
function copyBuiltIn(value: object): object | undefined {
  if (value instanceof Uint8Array) return new Uint8Array(value.buffer);
  if (
    value instanceof Date || value instanceof URL || value instanceof RegExp
  ) return value;
  const tag = Object.prototype.toString.call(value);
  return tag.startsWith("[object Temporal.") ? value : undefined;
}
