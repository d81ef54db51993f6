import { key } from "./keys.ts";
import { persist } from "./persist.ts";

/** What one process asks of the calls that all share. */
export interface CallsAsked {
  /** Whose calls, and in which window: part of the key. */
  subject: readonly [kind: string, id: string];
  window: number;
  /** All that may be made in the window. */
  quota: number;
  /** Taken before asking, on credit. */
  untold: number;
  /** How many more at once. */
  more: number;
}

export interface CallsGranted {
  granted: number;
  /** What nobody has taken yet. */
  left: number;
}

/** How many calls were given out in a window, for all processes together. */
export interface CallCountStore {
  /**
   * Takes some of a window's calls.
   *
   * @throws {Error} If others kept changing the count, or the store fails.
   */
  takeCalls(asked: CallsAsked): Promise<CallsGranted>;
}

const MAX_ATTEMPTS = 8;

/** A window is a minute; nobody asks about one that is over. */
const KEPT_MS = 3 * 60_000;

export function callCountStore(kv: Deno.Kv): CallCountStore {
  return { takeCalls: (asked) => takeCalls(kv, asked) };
}

async function takeCalls(
  kv: Deno.Kv,
  { subject, window, quota, untold, more }: CallsAsked,
): Promise<CallsGranted> {
  const counted = key.callCount(subject, window);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const read = await persist(() => kv.get<number>(counted));
    const taken = (read.value ?? 0) + untold;
    const granted = Math.max(0, Math.min(more, quota - taken));
    const left = Math.max(0, quota - taken - granted);
    if (granted === 0 && untold === 0) return { granted, left };
    // A commit over KV Connect that is reported as refused although it took
    // effect counts twice: a few calls less for a minute, never more.
    const { ok } = await persist(() =>
      kv.atomic().check(read)
        .set(counted, taken + granted, { expireIn: KEPT_MS }).commit()
    );
    if (ok) return { granted, left };
    await new Promise((done) => setTimeout(done, Math.random() * 4 * attempt));
  }
  throw new Error("Cannot count calls: others did all the while");
}
