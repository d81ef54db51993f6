import { AssertionError, failure, show } from "./assertion_error.ts";

// deno-lint-ignore no-explicit-any -- any class of errors, whatever it takes
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/**
 * Throws unless `call` throws, and returns its error.
 *
 * @param errorClass The error's class. With it, `part` must be in the message.
 * A single string is the assertion's message.
 */
export function assertThrows(call: () => unknown, message?: string): unknown;
export function assertThrows<E extends Error = Error>(
  call: () => unknown,
  errorClass: ErrorClass<E>,
  part?: string,
  message?: string,
): E;
export function assertThrows<E extends Error>(
  call: () => unknown,
  errorClass?: ErrorClass<E> | string,
  part?: string,
  message?: string,
): unknown {
  const expectation = expect(errorClass, part, message);
  try {
    call();
  } catch (error) {
    return check(error, expectation);
  }
  throw failure("Expected a throw", expectation.message);
}

/** Like {@linkcode assertThrows} for a promise. A synchronous throw fails. */
export function assertRejects(
  call: () => PromiseLike<unknown>,
  message?: string,
): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  call: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E>,
  part?: string,
  message?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  call: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E> | string,
  part?: string,
  message?: string,
): Promise<unknown> {
  const expectation = expect(errorClass, part, message);
  let promise: PromiseLike<unknown>;
  try {
    promise = call();
  } catch (error) {
    throw failure(
      `Threw before a promise: ${show(error)}`,
      expectation.message,
    );
  }
  try {
    await promise;
  } catch (error) {
    return check(error, expectation);
  }
  throw failure("Expected a rejection", expectation.message);
}

interface Expectation {
  errorClass: ErrorClass<Error> | undefined;
  part: string | undefined;
  message: string | undefined;
}

function expect(
  errorClass?: ErrorClass<Error> | string,
  part?: string,
  message?: string,
): Expectation {
  return typeof errorClass === "string"
    ? { errorClass: undefined, part: undefined, message: errorClass }
    : { errorClass, part, message };
}

function check(thrown: unknown, expectation: Expectation): unknown {
  const { errorClass, part, message } = expectation;
  if (errorClass === undefined) return thrown;
  if (!(thrown instanceof Error)) {
    throw failure(`Expected an error, got ${show(thrown)}`, message);
  }
  if (!(thrown instanceof errorClass)) {
    throw failure(`Expected ${errorClass.name}, got ${show(thrown)}`, message);
  }
  if (part !== undefined && !thrown.message.includes(part)) {
    throw new AssertionError(
      `Expected a message with ${show(part)}, got ${show(thrown.message)}`,
      { cause: thrown },
    );
  }
  return thrown;
}
