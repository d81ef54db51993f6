import type { ComponentChildren } from "preact";
import { TEST_CARDS } from "../../billing/test_cards.ts";
import { ErrorMessage, Heading } from "../elements.tsx";
import {
  CardFields,
  Choices,
  CountryField,
  Field,
  FormButtons,
  type FormState,
} from "../forms.tsx";
import { TaxIdFields } from "../tax_id_fields.tsx";
import { leaveUrl, type PortalSession } from "./portal_session.ts";

interface FormProps {
  portal: PortalSession;
  state: FormState;
}

const DEFAULT_OPTIONS = [
  { value: "yes", label: "Yes" },
  { value: "no", label: "No" },
];

/** The form that adds a card. */
export function CardForm({ portal, state }: FormProps) {
  return (
    <AccountForm
      portal={portal}
      state={state}
      path="/card"
      title="Add payment method"
      lead="Add a card for your payments."
      submit="Add card"
    >
      <CardFields state={state} />
      <Field
        name="name"
        label="Name on card (optional)"
        maxLength={256}
        state={state}
      />
      <fieldset>
        <legend>Use as default payment method</legend>
        <div class="choices">
          <Choices name="default" options={DEFAULT_OPTIONS} chosen="yes" />
        </div>
      </fieldset>
      <TestCards />
    </AccountForm>
  );
}

function TestCards() {
  const shown = TEST_CARDS.filter((card) =>
    !card.asksToConfirm && !card.declines && !card.disputedAs &&
    !card.refundsLaterAs
  );
  return (
    <details class="test-cards">
      <summary>Test cards</summary>
      <p class="muted">
        Use any future date and any security code. Real cards are declined and
        not stored.
      </p>
      <ul>
        {shown.map(({ number, brand, funding }) => (
          <li key={number}>
            <code>{number.replace(/(\d{4})(?=\d)/g, "$1 ")}</code> {brand},{" "}
            {funding}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** The form for the billing details that the configuration lets a customer change. */
export function DetailsForm({ portal, state }: FormProps) {
  const allowed = portal.configuration.features.customer_update.allowed_updates;
  return (
    <AccountForm
      portal={portal}
      state={state}
      path="/details"
      title="Billing information"
      lead="This information appears on your invoices."
      submit="Save"
    >
      {allowed.includes("name") && (
        <>
          <Field name="name" label="Name" maxLength={256} state={state} />
          <Field
            name="business_name"
            label="Company name (optional)"
            maxLength={150}
            state={state}
          />
        </>
      )}
      {allowed.includes("email") && (
        <Field
          name="email"
          label="Email"
          type="email"
          maxLength={512}
          state={state}
        />
      )}
      {allowed.includes("phone") && (
        <Field
          name="phone"
          label="Phone"
          type="tel"
          maxLength={20}
          state={state}
        />
      )}
      {allowed.includes("address") && <AddressFields state={state} />}
      {allowed.includes("tax_id") && <TaxIdFields state={state} />}
    </AccountForm>
  );
}

function AddressFields({ state }: { state: FormState }) {
  const field = (name: string, label: string) => (
    <Field name={name} label={label} maxLength={500} state={state} />
  );
  return (
    <fieldset>
      <legend>Address</legend>
      <CountryField chosen={state.values["country"]} optional />
      {field("line1", "Address line 1")}
      {field("line2", "Address line 2")}
      <div class="columns">
        {field("city", "City")}
        {field("postal_code", "Postal code")}
      </div>
      {field("state", "State or province")}
    </fieldset>
  );
}

function AccountForm(
  props: FormProps & {
    path: string;
    title: string;
    lead: string;
    submit: string;
    children: ComponentChildren;
  },
) {
  const { portal, state } = props;
  return (
    <>
      <Heading title={props.title} lead={props.lead} tone="muted" />
      <ErrorMessage>{state.errors["form"]}</ErrorMessage>
      <form
        class="form"
        method="post"
        action={`${portal.base}${props.path}`}
        novalidate
      >
        {props.children}
        <div class="buttons">
          <FormButtons
            submit={props.submit}
            leaveUrl={leaveUrl(portal)}
            leave="Cancel"
          />
        </div>
      </form>
    </>
  );
}
