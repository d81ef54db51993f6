import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";

/** Calls of one process that it has not added to the store yet. */
interface CountedCalls {
  /** The counter: a rate limit policy and the id that it limits. */
  subject: readonly [policy: string, id: string];
  /** The number of the window, which is also part of the key. */
  window: number;
  calls: number;
}

/** The calls in each rate limit window, of all processes together. */
export interface RateCounterStore {
  /**
   * Adds calls to a counter.
   *
   * @returns The calls that all processes have added, these included.
   * @throws {Error} After too many conflicts, or if the store fails.
   */
  addCalls(made: CountedCalls): Promise<number>;
}

const MAX_ATTEMPTS = 8;

/** Windows last a minute; a counter is not read after its window. */
const COUNTER_KEPT_MS = 3 * 60_000;

export function rateCounterStore(kv: Deno.Kv): RateCounterStore {
  return { addCalls: (made) => addCalls(kv, made) };
}

// Does not use KV's `sum`, whose values never expire.
async function addCalls(
  kv: Deno.Kv,
  { subject, window, calls }: CountedCalls,
): Promise<number> {
  const counter = key.rateCounter(subject, window);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const read = await withRetry(() => kv.get<number>(counter));
    const total = (read.value ?? 0) + calls;
    // KV Connect may report a commit as refused although it took effect. The
    // calls are then counted twice, which is safe: the limit applies sooner.
    const { ok } = await withRetry(() =>
      kv.atomic().check(read)
        .set(counter, total, { expireIn: COUNTER_KEPT_MS }).commit()
    );
    if (ok) return total;
    await new Promise((done) => setTimeout(done, Math.random() * 4 * attempt));
  }
  throw new Error("Cannot count calls: too many concurrent changes");
}
