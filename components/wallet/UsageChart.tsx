import { formatDay, formatShortDay } from "@/lib/pages/dates.ts";
import { formatCount } from "@/lib/pages/money.ts";
import type { UsageDay } from "@/lib/wallet/usage.ts";
import { Day } from "@/components/layout/Time.tsx";

interface UsageProps {
  /** The oldest first; the last one is today. Never empty. */
  days: readonly UsageDay[];
  locale: string;
}

/**
 * Tokens used on each day: in words, as a picture that needs neither colour
 * nor script, and as a table.
 */
export function UsageChart({ days, locale }: UsageProps) {
  const total = sumOf(days);
  if (total === 0) return <NothingUsed />;
  return (
    <>
      <p class="usage-words">
        <Words days={days} locale={locale} />
      </p>
      <Bars days={days} locale={locale} />
      <details class="usage-table">
        <summary>The same as a table</summary>
        <UsageTable days={days} locale={locale} />
      </details>
    </>
  );
}

function NothingUsed() {
  return (
    <p class="empty">
      <strong>Nothing was used in the last 30 days.</strong>{" "}
      Charges show here by the day, as soon as a program of yours makes the
      first. It needs an API key: <a href="/account/credentials">make one</a>.
    </p>
  );
}

function sumOf(days: readonly UsageDay[]): number {
  return days.reduce((sum, { tokens }) => sum + tokens, 0);
}

function busiestOf(days: readonly UsageDay[]): UsageDay | undefined {
  return days.toSorted((a, b) => b.tokens - a.tokens)[0];
}

function Words({ days, locale }: UsageProps) {
  const most = busiestOf(days);
  const total = sumOf(days);
  if (most === undefined) return null;
  return (
    <>
      <strong>
        {`${formatCount(total, locale)} ${total === 1 ? "token" : "tokens"}`}
      </strong>
      {` in ${days.length} days. The most on `}
      <Day ms={most.startMs} locale={locale} />
      {`: ${formatCount(most.tokens, locale)}.`}
    </>
  );
}

/** Of the picture's height, in per cent: labels have what is left. */
const TOP = 9;
const BASE = 88;
const MIDDLE = (TOP + BASE) / 2;

/**
 * Places are per cent of the picture, which has no scale of its own: its
 * words stay as large as others on a phone, and no style is needed.
 */
function Bars({ days, locale }: UsageProps) {
  const most = busiestOf(days)?.tokens ?? 0;
  const top = roundUp(most);
  const step = 100 / days.length;
  return (
    <svg class="usage" role="img" aria-labelledby="usage-title usage-desc">
      <title id="usage-title">Tokens used on each of the last 30 days</title>
      <desc id="usage-desc">
        {`Between 0 and ${
          formatCount(most, locale)
        } a day. All numbers are in the table below.`}
      </desc>
      <defs>
        <pattern
          id="usage-today"
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect class="usage-hatch-ground" width="6" height="6" />
          <rect class="usage-hatch" width="3" height="6" />
        </pattern>
      </defs>
      <Rule at={TOP} />
      <Rule at={MIDDLE} />
      {days.map((day, index) => (
        <UsedDayBar
          key={day.startMs}
          day={day}
          height={day.tokens / top * (BASE - TOP)}
          index={index}
          step={step}
          today={index === days.length - 1}
          locale={locale}
        />
      ))}
      <line
        class="usage-base"
        x1="0"
        x2="100%"
        y1={`${BASE}%`}
        y2={`${BASE}%`}
      />
      {/* Half of it is a line without a number, which would lie on bars. */}
      <Label at={TOP}>{formatCount(top, locale)}</Label>
      <DayLabels days={days} locale={locale} />
    </svg>
  );
}

/** A number that is easily halved: 2, 4, 6, 10, 20, 40… */
function roundUp(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 2)));
  const step = [1, 2, 4, 6, 8, 10].find((one) => one * power >= most) ?? 10;
  return Math.max(2, step * power);
}

function Rule({ at }: { at: number }) {
  const y = `${at}%`;
  return <line class="usage-rule" x1="0" x2="100%" y1={y} y2={y} />;
}

function Label({ at, children }: { at: number; children: string }) {
  return (
    <text class="usage-label" x="0" y={`${at}%`} dy="-0.4em">{children}</text>
  );
}

/**
 * A day, told wherever the pointer is above it. One with the least use still
 * shows; one without has no bar.
 */
function UsedDayBar({ day, height, index, step, today, locale }: {
  day: UsageDay;
  height: number;
  index: number;
  /** From one day to the next. */
  step: number;
  today: boolean;
  locale: string;
}) {
  const shown = Math.max(height, 0.7);
  return (
    <g class="usage-day">
      <title>
        {`${formatDay(day.startMs, locale)}: ${
          formatCount(day.tokens, locale)
        }`}
      </title>
      <rect
        class="usage-ground"
        x={percent(index * step)}
        width={percent(step)}
        height={percent(BASE)}
      />
      {day.tokens > 0 && (
        <rect
          class={today ? "usage-bar usage-bar--today" : "usage-bar"}
          x={percent((index + 0.14) * step)}
          y={percent(BASE - shown)}
          width={percent(step * 0.72)}
          height={percent(shown)}
        />
      )}
    </g>
  );
}

function percent(share: number): string {
  return `${Number(share.toFixed(2))}%`;
}

function DayLabels({ days, locale }: UsageProps) {
  const first = days[0];
  const middle = days[Math.floor(days.length / 2)];
  if (first === undefined || middle === undefined) return null;
  return (
    <>
      <text class="usage-label" x="0" y="97%">
        {formatShortDay(first.startMs, locale)}
      </text>
      <text class="usage-label" x="51.6%" y="97%" text-anchor="middle">
        {formatShortDay(middle.startMs, locale)}
      </text>
      <text class="usage-label" x="100%" y="97%" text-anchor="end">
        Today so far
      </text>
    </>
  );
}

function UsageTable({ days, locale }: UsageProps) {
  return (
    <table class="table">
      <caption class="unseen">Tokens used by day, in UTC</caption>
      <thead>
        <tr>
          <th scope="col">Day (UTC)</th>
          <th scope="col">Tokens</th>
        </tr>
      </thead>
      <tbody>
        {days.toReversed().map(({ startMs, tokens }) => (
          <tr key={startMs}>
            <th scope="row">
              <Day ms={startMs} locale={locale} />
            </th>
            <td>{formatCount(tokens, locale)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
