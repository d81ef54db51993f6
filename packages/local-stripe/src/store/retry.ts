/** How often something is tried that others may be in the way of. */
export const ATTEMPTS = 30;

/**
 * Tries again while SQLite answers "database is locked": another process is writing, and nothing
 * was written here.
 */
export async function withRetry<R>(work: () => Promise<R>): Promise<R> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      const busy = error instanceof Error &&
        error.message.includes("database is locked");
      if (!busy || attempt >= ATTEMPTS) throw error;
      await pause(attempt);
    }
  }
}

/** A short wait of a random length, longer with each attempt. */
export function pause(attempt: number): Promise<void> {
  const longest = Math.min(100, 2 ** Math.min(attempt, 7));
  return new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
}
