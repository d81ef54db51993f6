/**
 * The part of `@std/assert` used by the tests. A failed assertion throws an
 * {@linkcode AssertionError} that shows the difference.
 *
 * @module
 */
export { AssertionError } from "./src/assertion_error.ts";
export { equal } from "./src/equal.ts";
export * from "./src/parts.ts";
export * from "./src/throwing.ts";
export * from "./src/values.ts";
