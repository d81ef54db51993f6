/**
 * The part of `@std/assert` that the tests use, under its names: assertions
 * which throw an {@linkcode AssertionError} that says what differs.
 *
 * @module
 */
export { AssertionError } from "./src/assertion_error.ts";
export { equal } from "./src/equal.ts";
export * from "./src/parts.ts";
export * from "./src/throwing.ts";
export * from "./src/values.ts";
