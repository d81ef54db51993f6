import { failure, show } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/** Throws unless the string includes `expected`. */
export function assertStringIncludes(
  actual: string,
  expected: string,
  message?: string,
): void {
  if (actual.includes(expected)) return;
  throw failure(`Expected ${show(actual)} to hold ${show(expected)}`, message);
}

/** Throws unless the string matches. */
export function assertMatch(
  actual: string,
  expected: RegExp,
  message?: string,
): void {
  if (actual.search(expected) !== -1) return;
  throw failure(`Expected ${show(actual)} to match ${expected}`, message);
}

/** Throws if the string matches. */
export function assertNotMatch(
  actual: string,
  expected: RegExp,
  message?: string,
): void {
  if (actual.search(expected) === -1) return;
  throw failure(`Expected ${show(actual)} not to match ${expected}`, message);
}

/** Throws unless `actual` includes an equal item for each expected one. */
export function assertArrayIncludes<T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  message?: string,
): void {
  const there = Array.from(actual);
  const missing = Array.from(expected)
    .filter((item) => !there.some((other) => equal(item, other)));
  if (missing.length === 0) return;
  throw failure(`Missing ${show(missing)} in ${show(there)}`, message);
}

/** Throws unless `actual` deeply includes the fields of `expected`. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any -- interfaces have no index signature
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  message?: string,
): void {
  if (covers(actual, expected)) return;
  throw failure(
    `Expected ${show(actual)} to have all of ${show(expected)}`,
    message,
  );
}

function covers(actual: unknown, expected: unknown): boolean {
  if (!isPlain(actual) || !isPlain(expected)) return equal(actual, expected);
  return Reflect.ownKeys(expected).every((name) =>
    Object.hasOwn(actual, name) &&
    covers(Reflect.get(actual, name), Reflect.get(expected, name))
  );
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null &&
    [Object.prototype, Array.prototype, null].includes(
      Object.getPrototypeOf(value),
    );
}
