import { COUNTRIES, countryName } from "../countries.ts";
import { CardFields } from "../card_fields.tsx";
import { Field } from "../layout.tsx";
import { ROUTING, TestNumbers } from "./test_numbers.tsx";
import { BUSINESS_NAME } from "../../context.ts";
import type { FormState } from "../form_state.ts";

/** What the form has to know. */
export interface PayView {
  action: string;
  state: FormState;
  /** The customer's own address, which is not asked for again. */
  email: string | null;
  /** What it may be paid by. */
  card: boolean;
  bank: boolean;
  /** Whether a card or account is asked for at all. */
  asksForMethod: boolean;
  subscribes: boolean;
  submit: string;
  /** The seller's own words above the button. */
  words: string | null;
}

/** How Checkout is paid: the contact, the card or account, and one button. */
export function PayForm(view: PayView) {
  const { errors } = view.state;
  const form = errors["form"];
  return (
    <>
      {form && <p class="form-error" role="alert">{form}</p>}
      <form class="form pay" method="post" action={view.action} novalidate>
        <fieldset>
          <legend>Contact</legend>
          <Contact {...view} />
        </fieldset>
        {view.asksForMethod && (
          <fieldset>
            <legend>Payment method</legend>
            {view.card && view.bank && <MethodChoice state={view.state} />}
            {view.card && <CardFields state={view.state} />}
            {view.bank && <BankFields state={view.state} />}
            <NameAndCountry state={view.state} />
          </fieldset>
        )}
        {view.words && <p class="muted">{view.words}</p>}
        <button class="primary pay-button" type="submit">{view.submit}</button>
        <p class="muted small">
          {view.subscribes
            ? `It renews until you cancel, which you can do at any time in ${BUSINESS_NAME}. Nothing is really charged here.`
            : "Nothing is really charged here."}
        </p>
      </form>
      {view.asksForMethod && <TestNumbers card={view.card} bank={view.bank} />}
    </>
  );
}

interface WithState {
  state: FormState;
}

function field({ values, errors }: FormState, name: string) {
  return { name, value: values[name] ?? "", error: errors[name] };
}

function Contact({ email, state }: Pick<PayView, "email" | "state">) {
  if (email !== null) {
    return (
      <dl class="facts">
        <div>
          <dt>Email</dt>
          <dd>{email}</dd>
        </div>
      </dl>
    );
  }
  return (
    <Field
      {...field(state, "email")}
      label="Email"
      type="email"
      maxLength={512}
      required
    />
  );
}

function MethodChoice({ state }: WithState) {
  const chosen = state.values["method"] === "bank" ? "bank" : "card";
  const choices = [["card", "Card"], [
    "bank",
    "Bank debit (settles later)",
  ]] as const;
  return (
    <div class="choices" role="radiogroup" aria-label="Payment method">
      {choices.map(([value, words]) => (
        <label key={value} class="choice">
          <input
            type="radio"
            name="method"
            value={value}
            checked={value === chosen}
          />
          {words}
        </label>
      ))}
    </div>
  );
}

function BankFields({ state }: WithState) {
  return (
    <div class="by-bank columns">
      <Field
        {...field(state, "routing")}
        label="Routing number"
        inputMode="numeric"
        maxLength={9}
        placeholder={ROUTING}
      />
      <Field
        name="account"
        label="Account number"
        inputMode="numeric"
        maxLength={17}
        error={state.errors["account"]}
      />
    </div>
  );
}

function NameAndCountry({ state }: WithState) {
  const countries = COUNTRIES.map((code) => ({ code, name: countryName(code) }))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
  const chosen = state.values["country"] || "US";
  const wrong = state.errors["country"];
  return (
    <>
      <Field
        {...field(state, "name")}
        label="Name"
        hint="As it is on the card or account."
        maxLength={256}
        required
      />
      <div class="field">
        <label for="country">Country or region</label>
        <select
          id="country"
          name="country"
          {...(wrong && {
            "aria-invalid": "true",
            "aria-describedby": "country-error",
          })}
        >
          {countries.map(({ code, name }) => (
            <option key={code} value={code} selected={code === chosen}>
              {name}
            </option>
          ))}
        </select>
        {wrong && <p class="field-error" id="country-error">{wrong}</p>}
      </div>
    </>
  );
}
