import type { Log } from "./log.ts";
import type { CallCountStore, CallsGranted } from "./store/call_counts.ts";

/** All windows are a minute, the same one for every process. */
export const WINDOW_MS = 60_000;

/** How many calls whom, in each window. */
export interface Policy {
  /** Public: in the headers of answers. */
  name: string;
  quota: number;
}

/** What came of counting a call. */
export interface Counted {
  policy: Policy;
  allowed: boolean;
  /** Calls left; exact with one process, else as last heard. */
  remaining: number;
  /** When the next window begins, in milliseconds since the Unix epoch. */
  renewsAtMs: number;
}

/**
 * So many shares make a quota. A process spends its first share of a window
 * before it asks the store, and then asks for one share at a time: seldom
 * callers cost no write at all, and the busiest thirty a minute. What the
 * processes may be off together is a share for each but one: within 10 % up
 * to four of them. One alone is exact.
 */
const SHARES = 30;

/** Whoever is forgotten for lack of room has a new first share, no more. */
const MAX_SUBJECTS = 20_000;

/** A subject's calls in the present window, as this process knows them. */
interface Spending {
  window: number;
  quota: number;
  made: number;
  /** How many may be made before the store is asked again. */
  granted: number;
  /** Of `granted`, what the store has not been told of. */
  untold: number;
  /** What nobody had taken when the store was last asked. */
  left: number;
  asking: Promise<void> | null;
}

/**
 * Counts calls in windows of a minute, in memory for most of them, and
 * through the store where several processes share it. It has no timers: what
 * is over is replaced, or dropped for lack of room.
 */
export class Allowances {
  // A Map keeps the order of insertion, so its first entries are the oldest.
  readonly #spendings = new Map<string, Spending>();

  constructor(
    /** Tells the counts of one kind of subject from another's. */
    private readonly kind: string,
    private readonly services: {
      store: CallCountStore;
      now: () => number;
      log: Log;
    },
  ) {}

  /** Counts a call of a subject; one that is not allowed costs nothing. */
  async take(id: string, policy: Policy): Promise<Counted> {
    for (;;) {
      const spending = this.#spendingOf(id, policy.quota);
      if (spending.made < spending.granted) {
        spending.made++;
        return counted(spending, policy, true);
      }
      if (spending.left === 0) return counted(spending, policy, false);
      await (spending.asking ??= this.#ask(id, spending));
    }
  }

  #spendingOf(id: string, quota: number): Spending {
    const window = Math.floor(this.services.now() / WINDOW_MS);
    const known = this.#spendings.get(id);
    if (known?.window === window) return withQuota(known, quota);
    const granted = shareOf(quota);
    const spending: Spending = {
      ...{ window, quota, granted, left: quota - granted },
      ...{ made: 0, untold: granted, asking: null },
    };
    this.#spendings.delete(id); // so that it is entered as the newest
    this.#spendings.set(id, spending);
    if (this.#spendings.size > MAX_SUBJECTS) this.#forgetOldest();
    return spending;
  }

  /** Whoever waits is told by the spending itself. */
  async #ask(id: string, spending: Spending): Promise<void> {
    const { granted, left } = await this.#takeCalls(id, spending);
    spending.granted += granted;
    spending.left = left;
    spending.untold = 0;
    spending.asking = null;
  }

  /**
   * A store that fails must not close the door: this process then counts by
   * itself for the rest of the window.
   */
  async #takeCalls(id: string, spending: Spending): Promise<CallsGranted> {
    const { store, log } = this.services;
    const { window, quota, untold } = spending;
    const subject = [this.kind, id] as const;
    const more = shareOf(quota);
    try {
      return await store.takeCalls({
        ...{ subject, window, quota, untold, more },
      });
    } catch (error) {
      log.warn("calls counted by this process alone", {}, error);
      return { granted: Math.max(0, quota - spending.granted), left: 0 };
    }
  }

  #forgetOldest(): void {
    for (const id of this.#spendings.keys()) {
      this.#spendings.delete(id);
      return;
    }
  }
}

/** A plan that changed changes what is left of the window as well. */
function withQuota(spending: Spending, quota: number): Spending {
  if (spending.quota === quota) return spending;
  spending.left = Math.max(0, spending.left + quota - spending.quota);
  spending.quota = quota;
  return spending;
}

function shareOf(quota: number): number {
  return Math.ceil(quota / SHARES);
}

function counted(
  { window, granted, made, left }: Spending,
  policy: Policy,
  allowed: boolean,
): Counted {
  const renewsAtMs = (window + 1) * WINDOW_MS;
  return { policy, allowed, remaining: granted - made + left, renewsAtMs };
}
