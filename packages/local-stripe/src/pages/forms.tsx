import type { ComponentChildren } from "preact";
import { COUNTRIES, countryName } from "./countries.ts";

/** Entered values and error messages by field name; the error "form" concerns the form as such. */
export interface FormState {
  values: Record<string, string>;
  errors: Record<string, string>;
}

export const EMPTY_FORM: FormState = { values: {}, errors: {} };

/** The status of a page that shows a form: 422 if the form has errors. */
export function formStatus({ errors }: FormState): 200 | 422 {
  return Object.keys(errors).length > 0 ? 422 : 200;
}

/** The value of a form field without surrounding white space; "" if it is absent. */
export function valueOf(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? "").trim();
}

/** An input with its label, hint and error message. */
export function Field(props: {
  name: string;
  label: string;
  /** Supplies the value and the error message. */
  state: FormState;
  /** The entered value is not rendered, e.g. a card number. */
  secret?: boolean;
  hint?: string;
  type?: "text" | "email" | "tel";
  inputMode?: "numeric";
  required?: boolean;
  maxLength: number;
  placeholder?: string;
}) {
  const { name, hint, state } = props;
  const error = state.errors[name];
  const describedBy = [hint && `${name}-hint`, error && `${name}-error`]
    .filter(Boolean).join(" ");
  return (
    <div class="field ">
      <label for={name}>{props.label}</label>
      <input
        id={name}
        name={name}
        type={props.type ?? "text"}
        value={props.secret ? "" : state.values[name] ?? ""}
        autocomplete="off"
        {...(props.inputMode && { inputMode: props.inputMode })}
        maxLength={props.maxLength}
        {...(props.placeholder && { placeholder: props.placeholder })}
        {...(props.required && { required: true })}
        {...(describedBy && { "aria-describedby": describedBy })}
        {...(error && { "aria-invalid": "true" })}
      />
      {hint && <p class="hint" id={`${name}-hint`}>{hint}</p>}
      {error && <p class="field-error" id={`${name}-error`}>{error}</p>}
    </div>
  );
}

/** The fields of a card. */
export function CardFields({ state }: { state: FormState }) {
  return (
    <div class="by-card stack">
      <Field
        name="number"
        label="Card number"
        inputMode="numeric"
        maxLength={23}
        placeholder="4242 4242 4242 4242"
        state={state}
        secret
        required
      />
      <div class="columns">
        <Field
          name="expiry"
          label="Expiry (MM / YY)"
          inputMode="numeric"
          maxLength={9}
          state={state}
          required
        />
        <Field
          name="cvc"
          label="Security code"
          inputMode="numeric"
          maxLength={4}
          state={state}
          secret
          required
        />
      </div>
    </div>
  );
}

/** A list to choose from, with its label and error message. */
export function Select(props: {
  name: string;
  label: string;
  options: readonly { value: string; label: string }[];
  chosen: string | undefined;
  error?: string | undefined;
}) {
  const { chosen, error, name } = props;
  return (
    <div class="field">
      <label for={name}>{props.label}</label>
      <select
        id={name}
        name={name}
        {...(error && {
          "aria-invalid": "true",
          "aria-describedby": `${name}-error`,
        })}
      >
        {props.options.map(({ label, value }) => (
          <option key={value} value={value} selected={value === chosen}>
            {label}
          </option>
        ))}
      </select>
      {error && <p class="field-error" id={`${name}-error`}>{error}</p>}
    </div>
  );
}

let options: { value: string; label: string }[] | undefined;

function countryOptions() {
  return options ??= COUNTRIES
    .map((value) => ({ value, label: countryName(value) }))
    .sort((a, b) => a.label.localeCompare(b.label, "en"));
}

/** The list of countries, by English name. */
export function CountryField(
  { chosen, error, optional = false }: {
    chosen: string | undefined;
    error?: string | undefined;
    /** Offers "Not set". */
    optional?: boolean;
  },
) {
  const unset = optional ? [{ value: "", label: "Not set" }] : [];
  return (
    <Select
      name="country"
      label="Country or region"
      options={[...unset, ...countryOptions()]}
      chosen={chosen}
      error={error}
    />
  );
}

/** Radio buttons, one below the other. */
export function Choices(props: {
  name: string;
  options: readonly { value: string; label: string }[];
  chosen?: string;
}) {
  return (
    <>
      {props.options.map(({ value, label }) => (
        <label key={value} class="choice">
          <input
            type="radio"
            name={props.name}
            value={value}
            checked={value === props.chosen}
          />
          {label}
        </label>
      ))}
    </>
  );
}

/** A form that consists of one button. */
export function PostButton(props: {
  action: string;
  class: string;
  label?: string;
  /** A field that the button sends. */
  field?: { name: string; value: string };
  children: ComponentChildren;
}) {
  return (
    <form method="post" action={props.action}>
      <button
        class={props.class}
        type="submit"
        {...props.field}
        {...(props.label && { "aria-label": props.label })}
      >
        {props.children}
      </button>
    </form>
  );
}

/** The button that submits a form, and the link to leave it. */
export function FormButtons(props: {
  submit: string;
  class?: "primary" | "danger";
  /** Target of the link; `null` for a form without one. */
  leaveUrl: string | null;
  leave: string;
}) {
  return (
    <>
      <button class={props.class ?? "primary"} type="submit">
        {props.submit}
      </button>
      {props.leaveUrl && (
        <a class="secondary" href={props.leaveUrl} rel="noreferrer">
          {props.leave}
        </a>
      )}
    </>
  );
}
