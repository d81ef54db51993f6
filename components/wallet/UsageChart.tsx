import { Day } from "@/components/layout/Time.tsx";
import { formatCount, formatDay, formatShortDay } from "@/lib/pages/formats.ts";
import { translator } from "@/lib/pages/translate.ts";
import type { UsageDay } from "@/lib/wallet/usage.ts";

interface UsageProps {
  /** Oldest first; the last day is today. Never empty. */
  days: readonly UsageDay[];
  locale: string;
}

/**
 * Tokens used per day: a summary, a bar chart that relies neither on color nor
 * on JavaScript, and a table.
 */
export function UsageChart(
  { days, mayManageBilling, locale }: UsageProps & {
    /** Whether the visitor can create API keys. */
    mayManageBilling: boolean;
  },
) {
  const total = sumOf(days);
  if (total === 0) {
    return <NoUsage mayManageBilling={mayManageBilling} locale={locale} />;
  }
  return (
    <>
      <p class="usage-summary">
        <Summary days={days} locale={locale} />
      </p>
      <div class="usage-chart">
        <Scale days={days} locale={locale} />
        <Bars days={days} locale={locale} />
      </div>
      <details class="usage-table">
        <summary>{translator(locale)("usage.table")}</summary>
        <UsageTable days={days} locale={locale} />
      </details>
    </>
  );
}

function NoUsage(
  { mayManageBilling, locale }: { mayManageBilling: boolean; locale: string },
) {
  const t = translator(locale);
  return (
    <p class="empty">
      <strong>{t("usage.none")}</strong> {mayManageBilling
        ? t.rich("usage.none_text", {
          link: (text) => <a href="/organization/api-keys">{text}</a>,
        })
        : t("usage.none_member")}
    </p>
  );
}

function sumOf(days: readonly UsageDay[]): number {
  return days.reduce((sum, { tokens }) => sum + tokens, 0);
}

function busiestOf(days: readonly UsageDay[]): UsageDay | undefined {
  return days.toSorted((a, b) => b.tokens - a.tokens)[0];
}

function Summary({ days, locale }: UsageProps) {
  const most = busiestOf(days);
  const total = sumOf(days);
  if (most === undefined) return null;
  const t = translator(locale);
  return (
    <>
      {t.rich("usage.summary", {
        total: <strong>{t("usage.total", { count: total })}</strong>,
        days: days.length,
        date: <Day ms={most.startMs} locale={locale} />,
        most: formatCount(most.tokens, locale),
      })}
    </>
  );
}

/** The values of the grid lines; the chart's description names the highest. */
function Scale({ days, locale }: UsageProps) {
  const axisMax = roundUpToEven(busiestOf(days)?.tokens ?? 0);
  return (
    <div class="usage-scale" aria-hidden="true">
      {[axisMax, axisMax / 2, 0].map((value) => (
        <span key={value}>{formatCount(value, locale)}</span>
      ))}
    </div>
  );
}

/** Vertical positions, in percent of the chart's height, as in `usage.css`. */
const TOP = 9;
const BASELINE = 88;
const MIDDLE = (TOP + BASELINE) / 2;

/**
 * Positions are percentages instead of `viewBox` units, so that the labels keep
 * the page's font size on a phone.
 */
function Bars({ days, locale }: UsageProps) {
  const t = translator(locale);
  const most = busiestOf(days)?.tokens ?? 0;
  const axisMax = roundUpToEven(most);
  const step = 100 / days.length;
  return (
    <svg class="usage" role="img" aria-labelledby="usage-title usage-desc">
      <title id="usage-title">{t("usage.chart")}</title>
      <desc id="usage-desc">
        {t("usage.chart_about", { most: formatCount(most, locale) })}
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
      <GridLine at={TOP} />
      <GridLine at={MIDDLE} />
      {days.map((day, index) => (
        <DayBar
          key={day.startMs}
          day={day}
          height={day.tokens / axisMax * (BASELINE - TOP)}
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
        y1={`${BASELINE}%`}
        y2={`${BASELINE}%`}
      />
      <DayLabels days={days} locale={locale} />
    </svg>
  );
}

/** Rounds up to 2, 4, 6, 8, 10, 20…, so half of it is an integer. */
function roundUpToEven(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 2)));
  const step = [1, 2, 4, 6, 8, 10].find((one) => one * power >= most) ?? 10;
  return Math.max(2, step * power);
}

function GridLine({ at }: { at: number }) {
  const y = `${at}%`;
  return <line class="usage-rule" x1="0" x2="100%" y1={y} y2={y} />;
}

/**
 * A day's bar, with a tooltip for its full column. Low usage gets a minimum
 * height; a day without usage has no bar.
 */
function DayBar({ day, height, index, step, today, locale }: {
  day: UsageDay;
  height: number;
  index: number;
  /** The width of a day's column, in percent. */
  step: number;
  today: boolean;
  locale: string;
}) {
  const visibleHeight = Math.max(height, 0.7);
  return (
    <g class="usage-day">
      <title>
        {translator(locale)("usage.day", {
          date: formatDay(day.startMs, locale),
          count: formatCount(day.tokens, locale),
        })}
      </title>
      <rect
        class="usage-ground"
        x={percent(index * step)}
        width={percent(step)}
        height={percent(BASELINE)}
      />
      {day.tokens > 0 && (
        <rect
          class={today ? "usage-bar usage-bar--today" : "usage-bar"}
          x={percent((index + 0.14) * step)}
          y={percent(BASELINE - visibleHeight)}
          width={percent(step * 0.72)}
          height={percent(visibleHeight)}
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
        {translator(locale)("usage.today")}
      </text>
    </>
  );
}

function UsageTable({ days, locale }: UsageProps) {
  const t = translator(locale);
  return (
    <table class="table">
      <caption class="visually-hidden">{t("usage.table_caption")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("usage.table_day")}</th>
          <th scope="col">{t("usage.table_tokens")}</th>
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
