type Pairs = Map<object, Set<object>>;

/**
 * Reports whether two values are deeply equal. Compares own enumerable fields,
 * including symbols, in any order; `Map` and `Set` by content; dates, regular
 * expressions and URLs by value. `NaN` equals itself and `0` differs from `-0`.
 * Objects of different constructors differ, as do a missing and an `undefined`
 * field. Cycles are supported.
 */
export function equal(one: unknown, other: unknown): boolean {
  return alike(one, other, new Map());
}

function alike(one: unknown, other: unknown, seen: Pairs): boolean {
  if (Object.is(one, other)) return true;
  if (!isObject(one) || !isObject(other)) return false;
  if (constructorOf(one) !== constructorOf(other)) return false;
  if (seen.get(one)?.has(other)) return true; // already being compared
  seen.set(one, (seen.get(one) ?? new Set()).add(other));
  return sameInside(one, other, seen) && sameFields(one, other, seen);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** An object without a prototype is treated as a plain object. */
function constructorOf(value: object): unknown {
  return Object.getPrototypeOf(value) === null ? Object : value.constructor;
}

/** Compares the content of built-in objects besides their fields. */
function sameInside(one: object, other: object, seen: Pairs): boolean {
  if (one instanceof Date && other instanceof Date) {
    return Object.is(one.getTime(), other.getTime());
  }
  if (one instanceof RegExp || one instanceof URL) {
    return String(one) === String(other);
  }
  if (one instanceof Error && other instanceof Error) {
    return one.name === other.name && one.message === other.message &&
      alike(one.cause, other.cause, seen);
  }
  if (one instanceof Set && other instanceof Set) {
    return one.size === other.size && coveredBy([...one], [...other], seen);
  }
  if (one instanceof Map && other instanceof Map) {
    return one.size === other.size && coveredBy([...one], [...other], seen);
  }
  if (one instanceof ArrayBuffer && other instanceof ArrayBuffer) {
    return alike(new Uint8Array(one), new Uint8Array(other), seen);
  }
  return !(one instanceof WeakMap || one instanceof WeakSet ||
    one instanceof WeakRef || one instanceof Promise);
}

/** Matches each entry with a different equal entry. */
function coveredBy(some: unknown[], others: unknown[], seen: Pairs): boolean {
  const left = [...others];
  return some.every((entry) => {
    // A failed comparison must not leave pairs marked as seen.
    const at = left.findIndex((like) => alike(entry, like, new Map(seen)));
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  });
}

function sameFields(one: object, other: object, seen: Pairs): boolean {
  const [names, others] = [fieldsOf(one), fieldsOf(other)];
  return names.length === others.length &&
    names.every((name) =>
      Object.prototype.propertyIsEnumerable.call(other, name) &&
      alike(Reflect.get(one, name), Reflect.get(other, name), seen)
    );
}

function fieldsOf(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((name) =>
    Object.prototype.propertyIsEnumerable.call(value, name)
  );
}
