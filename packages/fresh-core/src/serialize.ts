import { isValidElement } from "preact";
import { isSlotVNode } from "./island_markup.ts";
import { isComputed, isSignal, type SignalLike } from "./signal_like.ts";

/** The source of the script for props, and whether it creates signals. */
export interface SerializedProps {
  /** A function's source: `x => props`, where `x(id)` creates a slot. */
  source: string;
  hasSignals: boolean;
}

/**
 * Serializes the props of a page's islands as one JavaScript expression, so
 * that shared objects stay shared and the browser needs no parser. `<` is
 * escaped. As in Fresh, class instances become plain objects of their own
 * fields, symbol keys are dropped, and a view of a buffer becomes the full
 * buffer.
 *
 * @throws {TypeError} If a prop is, or contains, a function or nested JSX.
 */
export async function serializeProps(
  props: Record<string, unknown>[],
): Promise<SerializedProps> {
  const graph = new Graph();
  const root = graph.copy(props, "props");
  // Copying a signal's value may add signals while the list is processed.
  const values: unknown[] = [];
  for (let i = 0; i < graph.signals.length; i++) {
    values.push(graph.copy(graph.signals[i]!.peek(), "signal"));
  }
  if (values.length === 0) {
    return { source: `x=>${await graph.write(root)}`, hasSignals: false };
  }
  const made = graph.signals.map((signal, i) =>
    isComputed(signal) ? `computed(()=>v[${i}])` : "signal()"
  );
  const filled = graph.signals.map((signal, i) =>
    isComputed(signal) ? "" : `s[${i}].value=v[${i}];`
  );
  const written = await graph.write([root, values]);
  const source = `x=>{let s=[${made}],[p,v]=${written};${
    filled.join("")
  }return p}`;
  return { source, hasSignals: true };
}

class SignalRef {
  constructor(readonly index: number) {}
}

class SlotRef {
  constructor(readonly id: number) {}
}

/** Copies values for the serializer and keeps shared references. */
class Graph {
  readonly signals: SignalLike[] = [];
  readonly #copies = new Map<object, unknown>();
  /** Whether the value is a tree of JSON values and references. */
  #isPlain = true;

  /** The source of copied values. Most pages do not need the library. */
  async write(value: unknown): Promise<string> {
    if (this.#isPlain) return writePlain(value);
    const { uneval } = await import("devalue");
    return uneval(value, (item, js) => {
      if (item instanceof SignalRef) return js`s[${item.index}]`;
      if (item instanceof SlotRef) return js`x(${item.id})`;
      return undefined;
    });
  }

  copy(value: unknown, path: string): unknown {
    if (typeof value === "function") {
      throw new TypeError(
        `Cannot pass ${path} to an island: a function cannot be serialized`,
      );
    }
    if (typeof value !== "object" || value === null) {
      if (!isJson(value)) this.#isPlain = false;
      return value;
    }
    const known = this.#copies.get(value);
    if (known === undefined) return this.#copyObject(value, path);
    if (!isReference(known)) this.#isPlain = false;
    return known;
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
    return this.#copySpecial(value, path) ?? this.#copyFields(value, path);
  }

  #copySpecial(value: object, path: string): object | undefined {
    if (value instanceof Map) return this.#copyMap(value, path);
    if (value instanceof Set) return this.#copySet(value, path);
    const builtIn = copyBuiltIn(value);
    if (builtIn === undefined) return undefined;
    this.#isPlain = false;
    return this.#keep(value, builtIn);
  }

  #copyArray(value: unknown[], path: string): unknown[] {
    const copy = this.#keep(value, new Array(value.length));
    let items = 0;
    value.forEach((item, i) => {
      copy[i] = this.copy(item, `${path}[${i}]`);
      items++;
    });
    if (items < value.length) this.#isPlain = false; // a sparse array
    return copy;
  }

  #copyMap(value: Map<unknown, unknown>, path: string) {
    this.#isPlain = false;
    const copy = this.#keep(value, new Map());
    for (const [key, item] of value) {
      copy.set(this.copy(key, `a key of ${path}`), this.copy(item, path));
    }
    return copy;
  }

  #copySet(value: Set<unknown>, path: string) {
    this.#isPlain = false;
    const copy = this.#keep(value, new Set());
    for (const item of value) copy.add(this.copy(item, path));
    return copy;
  }

  #copyFields(value: object, path: string) {
    const copy: Record<string, unknown> = this.#keep(value, {});
    for (const [key, item] of Object.entries(value)) {
      // Dropped: in the browser it would set the object's prototype.
      if (key !== "__proto__") copy[key] = this.copy(item, `${path}.${key}`);
    }
    return copy;
  }

  #keep<T>(value: object, copy: T): T {
    this.#copies.set(value, copy);
    return copy;
  }
}

function isReference(value: unknown): value is SignalRef | SlotRef {
  return value instanceof SignalRef || value instanceof SlotRef;
}

/** Whether a primitive is valid JSON or `undefined`. */
function isJson(value: unknown): boolean {
  if (typeof value === "number") {
    return Number.isFinite(value) && !Object.is(value, -0);
  }
  return typeof value !== "bigint" && typeof value !== "symbol";
}

function writePlain(value: unknown): string {
  if (value === undefined) return "void 0";
  if (value instanceof SignalRef) return `s[${value.index}]`;
  if (value instanceof SlotRef) return `x(${value.id})`;
  if (Array.isArray(value)) return `[${value.map(writePlain)}]`;
  if (typeof value !== "object" || value === null) return writeJson(value);
  const fields = Object.entries(value)
    .map(([key, item]) => `${writeJson(key)}:${writePlain(item)}`);
  return `{${fields}}`;
}

function writeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003C");
}

/**
 * Values that the serializer supports. Others are reduced to their own fields.
 */
function copyBuiltIn(value: object): object | undefined {
  if (value instanceof Uint8Array) return new Uint8Array(value.buffer);
  if (
    value instanceof Date || value instanceof URL || value instanceof RegExp
  ) return value;
  const tag = Object.prototype.toString.call(value);
  return tag.startsWith("[object Temporal.") ? value : undefined;
}
