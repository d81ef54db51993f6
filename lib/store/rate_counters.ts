import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";

/** Calls that one process made, to be told to all. */
export interface CountedCalls {
  /** Whose calls, and in which window: part of the key. */
  subject: readonly [policy: string, id: string];
  window: number;
  /** How many since they were told last. */
  calls: number;
}

/** How many calls were made in a window, by all processes together. */
export interface RateCounterStore {
  /**
   * Adds calls to a window's.
   *
   * @returns How many are told of by now, by this process and all others.
   * @throws {Error} If others kept changing the count, or the store fails.
   */
  addCalls(made: CountedCalls): Promise<number>;
}

const MAX_ATTEMPTS = 8;

/** A window is a minute; nobody asks about one that is over. */
const KEPT_MS = 3 * 60_000;

export function rateCounterStore(kv: Deno.Kv): RateCounterStore {
  return { addCalls: (made) => addCalls(kv, made) };
}

// Not the store's own `sum`: what that writes never expires.
async function addCalls(
  kv: Deno.Kv,
  { subject, window, calls }: CountedCalls,
): Promise<number> {
  const counted = key.callCount(subject, window);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const read = await withRetry(() => kv.get<number>(counted));
    const made = (read.value ?? 0) + calls;
    // A commit over KV Connect that is reported as refused although it took
    // effect counts twice: a few calls less for a minute, never more.
    const { ok } = await withRetry(() =>
      kv.atomic().check(read).set(counted, made, { expireIn: KEPT_MS }).commit()
    );
    if (ok) return made;
    await new Promise((done) => setTimeout(done, Math.random() * 4 * attempt));
  }
  throw new Error("Cannot count calls: others did all the while");
}
