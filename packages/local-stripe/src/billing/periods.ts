export const HOUR_SEC = 3_600;
export const DAY_SEC = 24 * HOUR_SEC;

/** The billing interval of a price. */
export interface Interval {
  interval: string;
  interval_count: number;
}

const MONTHS: Record<string, number> = { month: 1, year: 12 };
const SECONDS: Record<string, number> = { day: DAY_SEC, week: 7 * DAY_SEC };

/**
 * The period boundary `count` intervals after the anchor. Months keep the anchor's day, and
 * shorter months end on their last day: 31 January, 28 February, 31 March.
 */
export function boundary(
  anchorSec: number,
  every: Interval,
  count: number,
): number {
  const months = MONTHS[every.interval];
  if (months === undefined) {
    const seconds = SECONDS[every.interval];
    if (seconds === undefined) {
      throw new TypeError(`Cannot count intervals of "${every.interval}"`);
    }
    return anchorSec + count * every.interval_count * seconds;
  }
  return addMonths(anchorSec, count * every.interval_count * months);
}

/** The earliest and latest start and end of the items' current periods. */
export function periodBounds(
  { items: { data } }: { items: { data: CurrentPeriod[] } },
) {
  const starts = data.map((item) => item.current_period_start);
  const ends = data.map((item) => item.current_period_end);
  return {
    firstStartSec: Math.min(...starts),
    lastStartSec: Math.max(...starts),
    firstEndSec: Math.min(...ends),
    lastEndSec: Math.max(...ends),
  };
}

interface CurrentPeriod {
  current_period_start: number;
  current_period_end: number;
}

/** The first boundary after a time, which may be before the anchor. */
export function nextBoundary(
  anchorSec: number,
  every: Interval,
  afterSec: number,
): number {
  const longest = every.interval_count *
    (SECONDS[every.interval] ?? (MONTHS[every.interval] ?? 1) * 31 * DAY_SEC);
  let count = Math.floor((afterSec - anchorSec) / longest) - 1;
  while (boundary(anchorSec, every, count) <= afterSec) count++;
  return boundary(anchorSec, every, count);
}

/** Whether two billing intervals are equal. */
export function sameInterval(a: Interval, b: Interval): boolean {
  return a.interval === b.interval && a.interval_count === b.interval_count;
}

/** A day in the format of invoice descriptions: "15 Nov 2026", in UTC. */
export function dayOf(timeSec: number): string {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  }).format(timeSec * 1_000).replace("Sept", "Sep");
}

/** The same day some months later, or the last day of a shorter month. */
export function addMonths(anchorSec: number, months: number): number {
  const date = new Date(anchorSec * 1_000);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(
    Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0),
  ).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return Math.floor(date.getTime() / 1_000);
}
