import { AssertionError, failure, show } from "./assertion_error.ts";
import { difference } from "./difference.ts";
import { equal } from "./equal.ts";

/** Throws unless `condition` is truthy. */
export function assert(
  condition: unknown,
  message?: string,
): asserts condition {
  if (!condition) {
    throw new AssertionError(message ?? "Expected a truthy value");
  }
}

/** Throws unless `condition` is falsy. */
export function assertFalse(
  condition: unknown,
  message?: string,
): asserts condition is false | 0 | "" | null | undefined {
  if (condition) throw new AssertionError(message ?? "Expected a falsy value");
}

/** Throws unless both are {@linkcode equal}, and shows the difference. */
export function assertEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  if (equal(actual, expected)) return;
  throw failure(`Values differ\n${difference(actual, expected)}`, message);
}

/** Throws if both are {@linkcode equal}. */
export function assertNotEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  if (!equal(actual, expected)) return;
  throw failure(`Expected anything but ${show(actual)}`, message);
}

/** Throws unless both are identical by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  throw failure(
    equal(actual, expected)
      ? `Values are alike, but not the same: ${show(actual)}`
      : `Values are not the same\n${difference(actual, expected)}`,
    message,
  );
}

/** Throws if both are identical by `Object.is`. */
export function assertNotStrictEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  if (!Object.is(actual, expected)) return;
  throw failure(`Expected another value than ${show(actual)}`, message);
}

/** Throws for `null` and `undefined`. */
export function assertExists<T>(
  actual: T,
  message?: string,
): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  throw failure(`Expected a value, got ${actual}`, message);
}

/** Throws unless `actual` is an instance of the class. */
export function assertInstanceOf<
  // deno-lint-ignore no-explicit-any -- any class will do, whatever it takes
  T extends abstract new (...args: any[]) => unknown,
>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is InstanceType<T> {
  if (actual instanceof expected) return;
  throw failure(`Expected ${expected.name}, got ${show(actual)}`, message);
}

/** Throws unless `actual` is greater. */
export function assertGreater<T>(actual: T, least: T, message?: string): void {
  if (actual > least) return;
  throw failure(`Expected ${show(actual)} > ${show(least)}`, message);
}

/** Throws unless `actual` is greater or equal. */
export function assertGreaterOrEqual<T>(
  actual: T,
  least: T,
  message?: string,
): void {
  if (actual >= least) return;
  throw failure(`Expected ${show(actual)} >= ${show(least)}`, message);
}

/** Throws unless `actual` is less. */
export function assertLess<T>(actual: T, most: T, message?: string): void {
  if (actual < most) return;
  throw failure(`Expected ${show(actual)} < ${show(most)}`, message);
}

/** Throws unless `actual` is less or equal. */
export function assertLessOrEqual<T>(
  actual: T,
  most: T,
  message?: string,
): void {
  if (actual <= most) return;
  throw failure(`Expected ${show(actual)} <= ${show(most)}`, message);
}

/** Always throws. */
export function fail(message?: string): never {
  throw failure("Failed", message);
}

/** Throws if reached. */
export function unreachable(message?: string): never {
  throw failure("This should not have been reached", message);
}
