import type { ComponentChildren } from "preact";
import { formatDay } from "../../money.ts";
import { ErrorMessage, Heading } from "../elements.tsx";
import { Choices, FormButtons } from "../forms.tsx";
import { pauseOptions } from "./plan_actions.ts";
import type { Plan } from "./plans.ts";
import { leaveUrl, type PortalSession } from "./portal_session.ts";

/** The props of every form about a plan. */
export interface PlanProps {
  portal: PortalSession;
  plan: Plan;
  /** The message of a refused form. */
  error: string | null;
}

const REASONS: Record<string, string> = {
  customer_service: "Customer service was less than expected",
  low_quality: "Quality was less than expected",
  missing_features: "Some features are missing",
  other: "Other reason",
  switched_service: "I found an alternative",
  too_complex: "Ease of use was less than expected",
  too_expensive: "It's too expensive",
  unused: "I no longer need it",
};

/** Asks for confirmation and, if the configuration says so, for the reason of a cancellation. */
export function CancelForm(props: PlanProps) {
  const { portal, plan } = props;
  const { cancellation_reason: reasons, mode } =
    portal.configuration.features.subscription_cancel;
  const ends = plan.subscription.items.data.map((item) =>
    item.current_period_end
  );
  const day = formatDay(Math.max(...ends), portal.locale);
  const options = reasons.options.map((value) => ({
    value,
    label: REASONS[value] ?? value,
  }));
  return (
    <>
      <Heading
        title={`Cancel ${plan.name}`}
        lead={mode === "immediately"
          ? "Your plan will be canceled immediately. This cannot be undone."
          : `Your plan stays available until the end of your billing period on ${day}. You can change your mind until then.`}
      />
      <PlanForm {...props} verb="cancel" class="danger" leave="Keep plan">
        {reasons.enabled && (
          <>
            <ChoiceFieldset
              legend="Why are you canceling? (optional)"
              name="reason"
              options={options}
            />
            <CommentField />
          </>
        )}
      </PlanForm>
    </>
  );
}

function CommentField() {
  return (
    <div class="field">
      <label for="comment">Any additional feedback? (optional)</label>
      <textarea id="comment" name="comment" rows={3} maxLength={500}>
      </textarea>
    </div>
  );
}

/** Asks for the duration of a pause. */
export function PauseForm(props: PlanProps) {
  const options = pauseOptions(props.portal).map((option, index) => {
    const { interval, interval_count: count } = option;
    const label = count === 1 ? `1 ${interval}` : `${count} ${interval}s`;
    return { value: String(index), label };
  });
  return (
    <>
      <Heading
        title={`Pause ${props.plan.name}`}
        lead="You won't be charged while your plan is paused. Unused time is credited to your next invoice."
      />
      <PlanForm {...props} verb="pause" class="primary" leave="Keep plan">
        {options.length > 0 && (
          <ChoiceFieldset
            legend="Pause for"
            name="option"
            options={options}
            chosen="0"
          />
        )}
      </PlanForm>
    </>
  );
}

function PlanForm(
  props: PlanProps & {
    verb: "cancel" | "pause";
    class: "primary" | "danger";
    leave: string;
    children: ComponentChildren;
  },
) {
  const { error, plan, portal, verb } = props;
  return (
    <>
      <ErrorMessage>{error}</ErrorMessage>
      <form
        class="form"
        method="post"
        action={`${portal.base}/plans/${plan.subscription.id}/${verb}`}
      >
        {props.children}
        <div class="buttons">
          <FormButtons
            submit={verb === "cancel" ? "Cancel plan" : "Pause plan"}
            class={props.class}
            leaveUrl={leaveUrl(portal) ?? portal.base}
            leave={props.leave}
          />
        </div>
      </form>
    </>
  );
}

function ChoiceFieldset(
  { legend, ...choices }:
    & { legend: string }
    & Parameters<typeof Choices>[0],
) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div class="choices">
        <Choices {...choices} />
      </div>
    </fieldset>
  );
}
