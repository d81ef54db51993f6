/**
 * The time that is some months later, or earlier, by the calendar in UTC. A
 * day that the month does not have is its last one, as Stripe has it.
 */
export function addMonths(timeMs: number, months: number): number {
  const date = new Date(timeMs);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  date.setUTCDate(Math.min(day, daysIn(date)));
  return date.getTime();
}

function daysIn(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0))
    .getUTCDate();
}

/** The beginning of a time's month in UTC. */
export function monthStart(timeMs: number): number {
  const date = new Date(timeMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

/** A time's month in UTC, as `2026-11`. */
export function monthName(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 7);
}

/** A time's day in UTC, as `2026-11-21`. */
export function dayName(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}
