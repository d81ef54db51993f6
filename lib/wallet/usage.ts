import type { DailyUsage, Wallet } from "@/lib/store/ledger_types.ts";

/** Tokens charged on one day, as shown in the usage chart. */
export interface UsageDay {
  /** Start of the UTC day, in milliseconds since the Unix epoch. */
  startMs: number;
  /** Whole tokens; 0 on a day without charges. */
  tokens: number;
}

/** Days in the usage chart, including today. */
const USAGE_DAYS = 30;

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Adds a charge to a wallet's daily usage, in no particular order, and drops
 * days that the chart doesn't show. Usage is part of the wallet, so reading
 * and writing it costs no extra operation.
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

/** Returns a wallet's usage on each of the last 30 UTC days, oldest first. */
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
