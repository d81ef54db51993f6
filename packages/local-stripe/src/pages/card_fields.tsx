import { Field } from "./layout.tsx";
import type { FormState } from "./form_state.ts";

/** What is typed of a card; the number and the code are not sent back to the page. */
export function CardFields({ state }: { state: FormState }) {
  const { errors, values } = state;
  return (
    <div class="by-card stack">
      <Field
        name="number"
        label="Card number"
        inputMode="numeric"
        maxLength={23}
        placeholder="4242 4242 4242 4242"
        error={errors["number"]}
        required
      />
      <div class="columns">
        <Field
          name="expiry"
          label="Expiry (MM / YY)"
          inputMode="numeric"
          maxLength={9}
          value={values["expiry"] ?? ""}
          error={errors["expiry"]}
          required
        />
        <Field
          name="cvc"
          label="Security code"
          inputMode="numeric"
          maxLength={4}
          error={errors["cvc"]}
          required
        />
      </div>
    </div>
  );
}
