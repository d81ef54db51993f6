const MAX_ATTEMPTS = 8;
const FIRST_WAIT_MS = 4;

/**
 * Repeats a call that met "database is locked", which a second process on the
 * same file causes and which SQLite reports before anything was applied. Each
 * wait is random up to a bound that doubles: 4 ms to 256 ms, half a second in
 * all. Anything else is thrown at once.
 */
export async function persist<T>(call: () => Promise<T>): Promise<T> {
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
