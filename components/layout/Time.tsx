import { formatDay, formatMoment } from "@/lib/pages/dates.ts";

/** A day in words; what it is exactly, and that it is UTC, on request. */
export function Day({ ms, locale }: { ms: number; locale: string }) {
  return (
    <time
      dateTime={new Date(ms).toISOString()}
      title={formatMoment(ms, locale)}
    >
      {formatDay(ms, locale)}
    </time>
  );
}

/** A moment in words, to the minute. */
export function Moment({ ms, locale }: { ms: number; locale: string }) {
  return (
    <time dateTime={new Date(ms).toISOString()}>
      {formatMoment(ms, locale)}
    </time>
  );
}
