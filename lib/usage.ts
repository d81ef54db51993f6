import { dayName } from "./calendar.ts";
import type { Services } from "./services.ts";

/** A day of use. */
export interface UsedDay {
  /** Its beginning in UTC, in milliseconds since the Unix epoch. */
  startMs: number;
  /** Whole tokens that were charged on it; 0 for none. */
  tokens: number;
}

/** Days that a look at use goes back, today among them. */
export const USAGE_DAYS = 30;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * What was charged to an organization's wallet on each of the last 30 days in
 * UTC, the oldest first and today last: one read of at most as many small
 * records, however many charges there were.
 *
 * @throws {Error} What the store throws.
 */
export async function readUsage(
  { store, now }: Pick<Services, "store" | "now">,
  orgId: string,
): Promise<UsedDay[]> {
  const todayMs = Math.floor(now() / DAY_MS) * DAY_MS;
  const firstMs = todayMs - (USAGE_DAYS - 1) * DAY_MS;
  const fromDay = dayName(firstMs);
  const known = await store.listUsage(orgId, { fromDay, limit: USAGE_DAYS });
  const byDay = new Map(known.map(({ day, tokens }) => [day, tokens]));
  return Array.from({ length: USAGE_DAYS }, (_, index) => {
    const startMs = firstMs + index * DAY_MS;
    return { startMs, tokens: byDay.get(dayName(startMs)) ?? 0 };
  });
}
