/** The number of attempts of a write that conflicts with others. */
export const ATTEMPTS = 30;

/**
 * Retries while SQLite reports "database is locked": another process is writing, and this
 * operation had no effect.
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

/** Waits for a random time whose limit grows with each attempt, up to 100 ms. */
export function pause(attempt: number): Promise<void> {
  const longest = Math.min(100, 2 ** Math.min(attempt, 7));
  return new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
}
