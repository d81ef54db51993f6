/** An assertion that does not hold; test runners report its message. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

/** What a failed assertion says: its own words, then those of the test. */
export function failure(what: string, message?: string): AssertionError {
  return new AssertionError(
    message === undefined ? what : `${what}: ${message}`,
  );
}

/** A value as a message shows it, in whole. */
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
