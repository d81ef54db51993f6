import { formatDay, formatMoment } from "@/lib/pages/formats.ts";

/** A date; its title gives the exact time in UTC. */
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

/** A date and time, to the minute. */
export function Moment({ ms, locale }: { ms: number; locale: string }) {
  return (
    <time dateTime={new Date(ms).toISOString()}>
      {formatMoment(ms, locale)}
    </time>
  );
}
