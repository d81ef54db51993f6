import { key } from "./keys.ts";
import { persist } from "./persist.ts";

/** What was charged to an organization's wallet on a day. */
export interface DayUsage {
  /** In UTC, as `2026-11-21`. */
  day: string;
  /** Whole tokens, above 0. */
  tokens: number;
}

/**
 * Sums of charges by day. Each is written in the commit of its charges, under
 * the check of their wallet, and by nothing else.
 */
export interface UsageStore {
  /** Days on which something was charged, the oldest first, at most `limit`. */
  listUsage(
    orgId: string,
    options: { fromDay: string; limit: number },
  ): Promise<DayUsage[]>;
}

/** How long a day's sum is kept, in milliseconds: a year and a bit. */
export const USAGE_KEPT_MS = 400 * 24 * 60 * 60 * 1000;

export function usageStore(kv: Deno.Kv): UsageStore {
  return {
    async listUsage(orgId, { fromDay, limit }) {
      const range = {
        start: key.usageDay(orgId, fromDay),
        end: key.usageDay(orgId, "~"), // behind every day
      };
      const days = await persist(() =>
        Array.fromAsync(kv.list<number>(range, { limit, batchSize: limit }))
      );
      return days.map(({ key, value }) => ({
        day: String(key[2]),
        tokens: value,
      }));
    },
  };
}
