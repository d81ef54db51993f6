import { formatDay } from "../../money.ts";
import { Failure, type Shown, wayOut } from "./plan_page_parts.tsx";

const REASONS: Record<string, string> = {
  customer_service: "Customer service was less than I expected",
  low_quality: "The quality was less than I expected",
  missing_features: "Something that I need is missing",
  other: "Another reason",
  switched_service: "I found something else",
  too_complex: "It is too complicated",
  too_expensive: "It costs too much",
  unused: "I do not use it enough",
};

/** Asks once more, and why, before a plan is ended. */
export function CancelPage({ portal, plan, error }: Shown) {
  const { cancellation_reason: reasons, mode } =
    portal.configuration.features.subscription_cancel;
  const ends = plan.subscription.items.data.map((item) =>
    item.current_period_end
  );
  const day = formatDay(Math.max(...ends), portal.locale);
  return (
    <>
      <div class="title">
        <h1>Cancel {plan.name}</h1>
        <p class="lead">
          {mode === "immediately"
            ? "It ends at once, and cannot be taken back."
            : `You keep it until ${day}, and are not charged again. Until then you can change your mind.`}
        </p>
      </div>
      <Failure error={error} />
      <form
        class="form"
        method="post"
        action={`${portal.base}/plans/${plan.subscription.id}/cancel`}
      >
        {reasons.enabled && <Reasons options={reasons.options} />}
        <div class="buttons">
          <button class="danger" type="submit">Cancel plan</button>
          <a class="secondary" href={wayOut(portal)} rel="noreferrer">
            Keep plan
          </a>
        </div>
      </form>
    </>
  );
}

function Reasons({ options }: { options: readonly string[] }) {
  return (
    <>
      <fieldset>
        <legend>Why do you leave? (optional)</legend>
        <div class="choices">
          {options.map((option) => (
            <label key={option} class="choice">
              <input type="radio" name="reason" value={option} />
              {REASONS[option] ?? option}
            </label>
          ))}
        </div>
      </fieldset>
      <div class="field">
        <label for="comment">Anything to add? (optional)</label>
        <textarea id="comment" name="comment" rows={3} maxLength={500}>
        </textarea>
      </div>
    </>
  );
}

/** Asks how long, before a plan is paused. */
export function PausePage({ portal, plan, error }: Shown) {
  const duration = portal.configuration.features.subscription_pause?.duration;
  const options = duration?.type === "interval_options"
    ? duration.interval_options
    : [];
  return (
    <>
      <div class="title">
        <h1>Pause {plan.name}</h1>
        <p class="lead">
          Nothing is charged meanwhile. What you have paid for and do not use is
          credited to your next invoice.
        </p>
      </div>
      <Failure error={error} />
      <form
        class="form"
        method="post"
        action={`${portal.base}/plans/${plan.subscription.id}/pause`}
      >
        {options.length > 0 && (
          <fieldset>
            <legend>For how long?</legend>
            <div class="choices">
              {options.map(({ interval, interval_count: count }, place) => (
                <label key={`${count} ${interval}`} class="choice">
                  <input
                    type="radio"
                    name="option"
                    value={String(place)}
                    checked={place === 0}
                  />
                  {count === 1 ? `1 ${interval}` : `${count} ${interval}s`}
                </label>
              ))}
            </div>
          </fieldset>
        )}
        <div class="buttons">
          <button class="primary" type="submit">Pause plan</button>
          <a class="secondary" href={wayOut(portal)} rel="noreferrer">
            Go on as it is
          </a>
        </div>
      </form>
    </>
  );
}
