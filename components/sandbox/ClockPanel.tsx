import { Moment } from "@/components/layout/Time.tsx";
import type { ClockStep, SandboxClock } from "@/lib/sandbox.ts";

/** Each customer's clock, with buttons to advance it. */
export function ClockPanel({ clocks, locale }: {
  clocks: readonly SandboxClock[];
  locale: string;
}) {
  if (clocks.length === 0) {
    return (
      <p class="soft">
        No customers yet. Sign in or choose a plan to create one.
      </p>
    );
  }
  return (
    <ul class="clocks">
      {clocks.map((clock) => (
        <li key={clock.customerId} class="clock">
          <div>
            <h3 class="clock-name">{clock.name}</h3>
            <p class="soft">
              <Moment ms={clock.nowMs} locale={locale} />
            </p>
            <UpcomingDate clock={clock} locale={locale} />
          </div>
          <AdvanceForm clock={clock} />
        </li>
      ))}
    </ul>
  );
}

function UpcomingDate(
  { clock, locale }: { clock: SandboxClock; locale: string },
) {
  const { trialEndMs, renewalMs } = clock;
  const [label, ms] = trialEndMs !== null
    ? ["Trial ends", trialEndMs]
    : ["Renews", renewalMs];
  if (ms === null) return <p class="soft">No subscription.</p>;
  return (
    <p class="soft">
      {`${label} `}
      <Moment ms={ms} locale={locale} />
    </p>
  );
}

function AdvanceForm({ clock }: { clock: SandboxClock }) {
  const steps: [step: ClockStep, label: string, available: boolean][] = [
    ["day", "+1 day", true],
    ["month", "+1 month", true],
    ["trial_end", "End trial", clock.trialEndMs !== null],
    // During a trial, the next renewal is the end of the trial.
    [
      "renewal",
      "Next renewal",
      clock.renewalMs !== null && clock.trialEndMs === null,
    ],
  ];
  return (
    <form class="row" method="post" action="/sandbox/clock">
      <input type="hidden" name="customer" value={clock.customerId} />
      {steps.filter(([, , available]) => available).map(([step, label]) => (
        <button key={step} class="small" type="submit" name="step" value={step}>
          {label}
        </button>
      ))}
    </form>
  );
}
