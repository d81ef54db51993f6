type Pairs = Map<object, Set<object>>;

/**
 * Whether two values are alike all the way down: own enumerable fields
 * (symbols too) in any order, `Map` and `Set` by content, dates, patterns and
 * URLs by what they say, `NaN` like itself, `0` unlike `-0`. Objects of
 * different constructors differ, an absent field differs from an `undefined`
 * one, and cycles may be there.
 */
export function equal(one: unknown, other: unknown): boolean {
  return alike(one, other, new Map());
}

function alike(one: unknown, other: unknown, seen: Pairs): boolean {
  if (Object.is(one, other)) return true;
  if (!isObject(one) || !isObject(other)) return false;
  if (constructorOf(one) !== constructorOf(other)) return false;
  if (seen.get(one)?.has(other)) return true; // being compared further out
  seen.set(one, (seen.get(one) ?? new Set()).add(other));
  return sameInside(one, other, seen) && sameFields(one, other, seen);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** An object without a prototype counts as a plain one. */
function constructorOf(value: object): unknown {
  return Object.getPrototypeOf(value) === null ? Object : value.constructor;
}

/** What an object holds beside its fields. */
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

/** Each entry finds one of its like, which no other entry takes. */
function coveredBy(some: unknown[], others: unknown[], seen: Pairs): boolean {
  const left = [...others];
  return some.every((entry) => {
    // A try may fail half-way: what it marked as seen must not stay.
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
