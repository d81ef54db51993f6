import { TEST_CARDS } from "../billing/test_cards.ts";
import { CardFields } from "./card_fields.tsx";
import { COUNTRIES, countryName } from "./countries.ts";
import { Field } from "./layout.tsx";
import type { PortalSession } from "./portal/portal_session.ts";
import type { FormState } from "./form_state.ts";

/** Adds a card, for the portal and for its own deep link. */
export function CardForm(
  { portal, state }: { portal: PortalSession; state: FormState },
) {
  const { errors, values } = state;
  return (
    <>
      <div class="title">
        <h1>Add payment method</h1>
        <p class="muted">It becomes the card that is charged first.</p>
      </div>
      <FormError message={errors["form"]} />
      <form
        class="form"
        method="post"
        action={`${portal.base}/card`}
        novalidate
      >
        <CardFields state={state} />
        <Field
          name="name"
          label="Name on card (optional)"
          maxLength={256}
          value={values["name"] ?? ""}
          error={errors["name"]}
        />
        <TestCards />
        <Buttons portal={portal} submit="Add card" />
      </form>
    </>
  );
}

function TestCards() {
  const shown = TEST_CARDS.filter((card) =>
    !card.asksToConfirm && !card.declines && !card.disputedAs &&
    !card.refundsLaterAs
  );
  return (
    <details class="test-cards">
      <summary>Test cards that work here</summary>
      <p class="muted">
        Only these, with any future date and any security code. A real card is
        refused and not kept.
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

/** Changes the billing details that the configuration lets a customer change. */
export function DetailsForm(
  { portal, state }: { portal: PortalSession; state: FormState },
) {
  const { errors, values } = state;
  const allowed = portal.configuration.features.customer_update.allowed_updates;
  const field = (name: string) => ({
    name,
    value: values[name] ?? "",
    error: errors[name],
  });
  return (
    <>
      <div class="title">
        <h1>Billing information</h1>
        <p class="muted">This is what your invoices say.</p>
      </div>
      <FormError message={errors["form"]} />
      <form
        class="form"
        method="post"
        action={`${portal.base}/details`}
        novalidate
      >
        {allowed.includes("name") && (
          <Field {...field("name")} label="Name" maxLength={256} />
        )}
        {allowed.includes("email") && (
          <Field
            {...field("email")}
            label="Email"
            type="email"
            maxLength={512}
          />
        )}
        {allowed.includes("phone") && (
          <Field {...field("phone")} label="Phone" type="tel" maxLength={20} />
        )}
        {allowed.includes("address") && <AddressFields state={state} />}
        <Buttons portal={portal} submit="Save" />
      </form>
    </>
  );
}

function AddressFields({ state: { values, errors } }: { state: FormState }) {
  const field = (name: string) => ({
    name,
    value: values[name] ?? "",
    error: errors[name],
  });
  const countries = COUNTRIES.map((code) => ({ code, name: countryName(code) }))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
  return (
    <fieldset>
      <legend>Address</legend>
      <div class="field">
        <label for="country">Country or region</label>
        <select id="country" name="country">
          <option value="">Not set</option>
          {countries.map(({ code, name }) => (
            <option
              key={code}
              value={code}
              selected={values["country"] === code}
            >
              {name}
            </option>
          ))}
        </select>
      </div>
      <Field {...field("line1")} label="Address line 1" maxLength={500} />
      <Field {...field("line2")} label="Address line 2" maxLength={500} />
      <div class="columns">
        <Field {...field("city")} label="City" maxLength={500} />
        <Field {...field("postal_code")} label="Postal code" maxLength={500} />
      </div>
      <Field {...field("state")} label="State or province" maxLength={500} />
    </fieldset>
  );
}

function FormError({ message }: { message: string | undefined }) {
  return message ? <p class="form-error" role="alert">{message}</p> : null;
}

// In a deep link there is no portal behind the form: the way out is the way back.
function Buttons(
  { portal, submit }: { portal: PortalSession; submit: string },
) {
  const back = portal.session.flow === null
    ? portal.base
    : portal.session.return_url;
  return (
    <div class="buttons">
      <button class="primary" type="submit">{submit}</button>
      {back && <a class="secondary" href={back} rel="noreferrer">Cancel</a>}
    </div>
  );
}
