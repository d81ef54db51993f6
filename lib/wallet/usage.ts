import type { Wallet } from "./ledger.ts";

/** What was charged to a wallet on a day. */
export interface DailyUsage {
  /** In UTC, as days since the Unix epoch. */
  day: number;
  /** Whole tokens, above 0. */
  tokens: number;
}

/** A day of use as it is shown. */
export interface UsageDay {
  /** Its beginning in UTC, in milliseconds since the Unix epoch. */
  startMs: number;
  /** Whole tokens that were charged on it; 0 for none. */
  tokens: number;
}

/** Days that a look at use goes back, today among them. */
export const USAGE_DAYS = 30;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A wallet's use with a charge more, in no order. It is part of the wallet,
 * so that it is read and written with it; days that are not looked at any
 * more are dropped.
 */
export function addUsage(
  used: readonly DailyUsage[],
  { tokens, atMs }: { tokens: number; atMs: number },
): DailyUsage[] {
  const today = dayOf(atMs);
  const before = used.find(({ day }) => day === today)?.tokens ?? 0;
  const others = used.filter(({ day }) =>
    day !== today && day > today - USAGE_DAYS
  );
  return [...others, { day: today, tokens: before + tokens }];
}

/**
 * What was charged to a wallet on each of the last 30 days in UTC, the oldest
 * first and today last.
 */
export function usageByDay({ used }: Wallet, nowMs: number): UsageDay[] {
  const byDay = new Map(used.map(({ day, tokens }) => [day, tokens]));
  const first = dayOf(nowMs) - (USAGE_DAYS - 1);
  return Array.from({ length: USAGE_DAYS }, (_, index) => ({
    startMs: (first + index) * DAY_MS,
    tokens: byDay.get(first + index) ?? 0,
  }));
}

function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}
