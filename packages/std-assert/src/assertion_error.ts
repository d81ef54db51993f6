/** Thrown by a failed assertion. Test runners print its message. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

/**
 * Creates the error of a failed assertion, with the test's message appended.
 */
export function failure(what: string, message?: string): AssertionError {
  return new AssertionError(
    message === undefined ? what : `${what}: ${message}`,
  );
}

/** Formats a value completely. */
export function show(value: unknown): string {
  return Deno.inspect(value, {
    depth: 12,
    sorted: true,
    trailingComma: true,
    compact: false,
    iterableLimit: 200,
    strAbbreviateSize: 10_000,
  });
}
