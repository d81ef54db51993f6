import { useBusinessName } from "../document.tsx";
import { DescriptionList, ErrorMessage } from "../elements.tsx";
import {
  CardFields,
  Choices,
  CountryField,
  Field,
  type FormState,
} from "../forms.tsx";
import { TaxIdFields } from "../tax_id_fields.tsx";
import type { namesAsked } from "./checkout_form.ts";
import type { ApiPaymentMethod } from "../../api/api_types.ts";
import { cardLabel } from "../card_label.ts";
import { ROUTING, TestNumbers } from "../test_numbers.tsx";

export interface PayFormProps {
  action: string;
  state: FormState;
  /** The customer's email address, if known; otherwise the form asks for it. */
  email: string | null;
  /** Accepts cards. */
  card: boolean;
  /** Accepts bank debits. */
  bank: boolean;
  /** The saved cards to choose from. */
  saved: ApiPaymentMethod[];
  /** Offers to save a new card. */
  offersSave: boolean;
  /** Asks for a card or an account. */
  asksForMethod: boolean;
  subscribes: boolean;
  /** With automatic tax, the total that the page shows, in the minor unit. */
  shownTotal: number | null;
  /** Asks for a tax id. */
  business: "never" | "optional" | "required";
  names: ReturnType<typeof namesAsked>;
  /** The button's text. */
  submit: string;
  /** The seller's `custom_text.submit`. */
  customText: string | null;
}

type BusinessProps = Pick<PayFormProps, "business" | "names" | "state">;

/** Checkout's form: contact, payment method and one button. */
export function PayForm(props: PayFormProps) {
  const { bank, card, state } = props;
  const name = useBusinessName();
  return (
    <>
      <ErrorMessage>{state.errors["form"]}</ErrorMessage>
      <form class="form pay" method="post" action={props.action} novalidate>
        <fieldset>
          <legend>Contact</legend>
          <Contact {...props} />
        </fieldset>
        {props.shownTotal !== null && (
          <TaxLocation {...props} shownTotal={props.shownTotal} />
        )}
        {props.asksForMethod && (
          <fieldset>
            <legend>Payment method</legend>
            <MethodChoice {...props} />
            {card && <CardFields state={state} />}
            {bank && <BankFields state={state} />}
            <div class="by-new stack">
              <NameAndCountry
                state={state}
                country={props.shownTotal === null}
              />
              {card && props.offersSave && <SaveChoice state={state} />}
            </div>
          </fieldset>
        )}
        {(props.business !== "never" || props.names.length > 0) && (
          <BusinessFields {...props} />
        )}
        {props.customText && <p class="muted">{props.customText}</p>}
        <button class="primary pay-button" type="submit">{props.submit}</button>
        <p class="muted small">
          {props.subscribes
            ? `Renews until canceled. Cancel anytime in ${name}. This is a test: you are not charged.`
            : "This is a test: you are not charged."}
        </p>
      </form>
      {props.asksForMethod && <TestNumbers card={card} bank={bank} />}
    </>
  );
}

function Contact({ email, state }: Pick<PayFormProps, "email" | "state">) {
  if (email !== null) {
    return <DescriptionList class="facts" rows={[["Email", email]]} />;
  }
  return (
    <Field
      name="email"
      state={state}
      label="Email"
      type="email"
      maxLength={512}
      required
    />
  );
}

function MethodChoice(
  { bank, card, saved, state }: Pick<
    PayFormProps,
    "bank" | "card" | "saved" | "state"
  >,
) {
  const options = [
    ...saved.map((method) => ({
      value: method.id,
      label: `${cardLabel(method)} (${expiryOf(method)})`,
    })),
    ...(card
      ? [{ value: "card", label: saved.length > 0 ? "New card" : "Card" }]
      : []),
    ...(bank ? [{ value: "bank", label: "Bank debit (settles later)" }] : []),
  ];
  if (options.length < 2) return null;
  const { method } = state.values;
  const chosen = options.find(({ value }) => value === method) ?? options[0];
  return (
    <div class="choices" role="radiogroup" aria-label="Payment method">
      <Choices name="method" options={options} chosen={chosen?.value ?? ""} />
    </div>
  );
}

function expiryOf({ card }: ApiPaymentMethod): string {
  return `${String(card.exp_month).padStart(2, "0")}/${card.exp_year % 100}`;
}

function SaveChoice({ state }: { state: FormState }) {
  return (
    <label class="check by-card">
      <input
        type="checkbox"
        name="save"
        value="yes"
        checked={state.values["save"] === "yes"}
      />
      Save this card for future purchases
    </label>
  );
}

function BankFields({ state }: { state: FormState }) {
  return (
    <div class="by-bank columns">
      <Field
        name="routing"
        state={state}
        label="Routing number"
        inputMode="numeric"
        maxLength={9}
        placeholder={ROUTING}
      />
      <Field
        name="account"
        state={state}
        secret
        label="Account number"
        inputMode="numeric"
        maxLength={17}
      />
    </div>
  );
}

/** The country that determines the tax, and a button that shows the total with it. */
function TaxLocation(
  { action, shownTotal, state }: Pick<PayFormProps, "action" | "state"> & {
    shownTotal: number;
  },
) {
  return (
    <fieldset>
      <legend>Billing address</legend>
      <div class="tax-location">
        <CountryField
          chosen={state.values["country"] || "US"}
          error={state.errors["country"]}
        />
        <button class="quiet" type="submit" formaction={`${action}/tax`}>
          Update total
        </button>
      </div>
      <input type="hidden" name="shown_total" value={shownTotal} />
    </fieldset>
  );
}

function NameAndCountry(
  { country, state }: { country: boolean; state: FormState },
) {
  return (
    <>
      <Field
        name="name"
        state={state}
        label="Name"
        hint="As shown on the card or account."
        maxLength={256}
        required
      />
      {country && (
        <CountryField
          chosen={state.values["country"] || "US"}
          error={state.errors["country"]}
        />
      )}
    </>
  );
}

const LABELS = {
  business_name: "Business name",
  individual_name: "Full name",
};

/** The names and the tax id; a checkbox shows the fields of a business unless they are required. */
function BusinessFields({ business, names, state }: BusinessProps) {
  const fields = (wanted: string) =>
    names.filter(({ name }) => name === wanted).map(({ name, required }) => (
      <Field
        key={name}
        name={name}
        label={required ? LABELS[name] : `${LABELS[name]} (optional)`}
        maxLength={150}
        state={state}
      />
    ));
  return (
    <fieldset class="business">
      <legend>Billing details</legend>
      {fields("individual_name")}
      {business === "optional" && (
        <label class="check">
          <input
            type="checkbox"
            name="business"
            value="yes"
            checked={state.values["business"] === "yes"}
          />
          I’m purchasing as a business
        </label>
      )}
      <div class="stack business-fields">
        {fields("business_name")}
        {business !== "never" && (
          <TaxIdFields state={state} required={business === "required"} />
        )}
      </div>
    </fieldset>
  );
}
