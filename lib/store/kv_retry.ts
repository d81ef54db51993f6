import { withTimeout } from "@/lib/async/timeout.ts";

const MAX_ATTEMPTS = 20;
const FIRST_WAIT_MS = 4;
const MAX_WAIT_MS = 256;

/** Deno itself retries an unreachable KV Connect server forever. */
const CALL_TIMEOUT_MS = 10_000;

/**
 * Calls Deno KV, retrying while the file is locked, for at most ten seconds
 * per attempt.
 *
 * @throws {Error} The error of Deno KV, or a timeout. After a timeout a write
 * may have been applied, or may still be.
 */
export function withRetry<T>(call: () => Promise<T>): Promise<T> {
  return retryWhileLocked(() => bounded(call()));
}

/** @throws {Error} The error of the call, or a timeout after ten seconds. */
export async function bounded<T>(call: Promise<T>): Promise<T> {
  const result = await withTimeout(
    call.then((value) => ({ value })),
    CALL_TIMEOUT_MS,
  );
  if (result !== null) return result.value;
  throw new Error(`${UNREACHABLE}: timed out (${CALL_TIMEOUT_MS} ms)`);
}

const UNREACHABLE = "Cannot reach the store";

/** Reports whether a call has timed out. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith(UNREACHABLE);
}

/**
 * Retries a call that fails with "database is locked". A second process on
 * the same file causes this error, and SQLite reports it before it applies
 * anything. Each wait is random up to a limit that doubles from 4 ms to
 * 256 ms, about two seconds in total. Other errors are thrown at once.
 */
export async function retryWhileLocked<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isLocked(error)) throw error;
      const maxWaitMs = Math.min(
        FIRST_WAIT_MS * 2 ** (attempt - 1),
        MAX_WAIT_MS,
      );
      await new Promise((done) => setTimeout(done, Math.random() * maxWaitMs));
    }
  }
}

/**
 * Reports whether SQLite refused a call because another process was writing.
 * KV calls throw this as a `TypeError`, opening a file as a plain `Error`.
 */
export function isLocked(error: unknown): boolean {
  return error instanceof Error &&
    error.message.includes("database is locked");
}
