import { withTimeout } from "@/lib/async/timeout.ts";

const MAX_ATTEMPTS = 8;
const FIRST_WAIT_MS = 4;

/** Deno asks a KV Connect server that is down again and again, for ever. */
const PATIENCE_MS = 10_000;

/**
 * Makes a call of the store: once more where the file is locked, and with an
 * end to waiting.
 *
 * @throws {Error} What the store throws, or that it has not answered within
 * ten seconds: what was to be written may have been then, or still be.
 */
export function withRetry<T>(call: () => Promise<T>): Promise<T> {
  return retryWhileLocked(() => bounded(call()));
}

async function bounded<T>(call: Promise<T>): Promise<T> {
  const answer = await withTimeout(
    call.then((value) => ({ value })),
    PATIENCE_MS,
  );
  if (answer !== null) return answer.value;
  throw new Error(`The store has not answered within ${PATIENCE_MS} ms`);
}

/**
 * Repeats a call that met "database is locked", which a second process on the
 * same file causes and which SQLite reports before anything was applied. Each
 * wait is random up to a bound that doubles: 4 ms to 256 ms, half a second in
 * all. Anything else is thrown at once.
 */
export async function retryWhileLocked<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isLocked(error)) throw error;
      const boundMs = FIRST_WAIT_MS * 2 ** (attempt - 1);
      await new Promise((done) => setTimeout(done, Math.random() * boundMs));
    }
  }
}

/**
 * What SQLite says while another process writes; nothing was applied. From a
 * call it is a `TypeError`, from opening the file a plain `Error`.
 */
export function isLocked(error: unknown): boolean {
  return error instanceof Error &&
    error.message.includes("database is locked");
}
