import type { ApiCustomer, ApiPaymentMethod } from "../../api/api_types.ts";
import { Section } from "../layout.tsx";
import { InvoiceHistory } from "./invoice_history.tsx";
import { Plans } from "./plan_section.tsx";
import type { PortalSession } from "./portal_session.ts";
import { countryName } from "../countries.ts";
import type { HomeView } from "./portal_home_view.ts";

/** The portal's first page: what the configuration's features offer, and nothing else. */
export function Home(props: HomeView) {
  const { portal, notice, plans, trouble } = props;
  const { features } = portal.configuration;
  return (
    <>
      <h1>
        {portal.customer.name
          ? `Billing for ${portal.customer.name}`
          : "Billing"}
      </h1>
      {notice && <p class="notice" role="status">{notice}</p>}
      {trouble && <p class="form-error" role="alert">{trouble}</p>}
      <Plans portal={portal} plans={plans} />
      {features.payment_method_update.enabled && <PaymentMethods {...props} />}
      {features.customer_update.enabled && (
        <BillingInformation portal={portal} />
      )}
      {features.invoice_history.enabled && <InvoiceHistory {...props} />}
    </>
  );
}

function PaymentMethods({ portal, methods }: HomeView) {
  const chosen = portal.customer.invoice_settings.default_payment_method;
  return (
    <Section id="payment-methods" title="Payment method">
      {methods.length === 0 && <p class="muted">No card has been saved yet.</p>}
      {methods.length > 0 && (
        <ul class="rows">
          {defaultFirst(methods, chosen).map((method) => (
            <PaymentMethod
              key={method.id}
              method={method}
              isDefault={method.id === chosen}
              portal={portal}
            />
          ))}
        </ul>
      )}
      <a class="action" href={`${portal.base}/card`}>
        <span aria-hidden="true">+</span> Add payment method
      </a>
    </Section>
  );
}

function defaultFirst(
  methods: ApiPaymentMethod[],
  chosen: ApiCustomer["invoice_settings"]["default_payment_method"],
): ApiPaymentMethod[] {
  const isChosen = ({ id }: ApiPaymentMethod) => id === chosen;
  return [
    ...methods.filter(isChosen),
    ...methods.filter((method) => !isChosen(method)),
  ];
}

function PaymentMethod(
  props: {
    method: ApiPaymentMethod;
    isDefault: boolean;
    portal: PortalSession;
  },
) {
  const { method, isDefault, portal } = props;
  const { card } = method;
  const name = `${brandName(card.brand)} ending in ${card.last4}`;
  return (
    <li class="row card-row">
      <span class="chip" aria-hidden="true">{brandName(card.brand)}</span>
      <span class="card-name">
        <span class="visually-hidden">{name}</span>
        <span aria-hidden="true" class="number">•••• {card.last4}</span>
        {isDefault && <span class="badge">Default</span>}
      </span>
      <span class="muted">{expiry(method, portal.context.now())}</span>
      <span class="card-actions">
        {!isDefault && (
          <form
            method="post"
            action={`${portal.base}/cards/${method.id}/default`}
          >
            <button
              class="link"
              type="submit"
              aria-label={`Make ${name} the default`}
            >
              Make default
            </button>
          </form>
        )}
        <details class="confirm">
          <summary aria-label={`Remove ${name}`}>Remove</summary>
          <form
            method="post"
            action={`${portal.base}/cards/${method.id}/remove`}
          >
            <p>Remove this card?</p>
            <button class="danger" type="submit">Yes, remove it</button>
          </form>
        </details>
      </span>
    </li>
  );
}

function BillingInformation({ portal }: { portal: PortalSession }) {
  const { customer, configuration } = portal;
  const rows = [
    ["Name", customer.name],
    ["Email", customer.email],
    ["Phone", customer.phone],
    ["Address", addressLines(customer)],
  ] as const;
  const known = rows.filter(([, value]) => value);
  return (
    <Section id="billing-information" title="Billing information">
      {known.length === 0
        ? <p class="muted">Nothing has been entered yet.</p>
        : (
          <dl class="facts">
            {known.map(([label, value]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      {configuration.features.customer_update.allowed_updates.length > 0 && (
        <a class="action" href={`${portal.base}/details`}>Update information</a>
      )}
    </Section>
  );
}

const BRANDS: Record<string, string> = {
  visa: "Visa",
  mastercard: "Mastercard",
  amex: "Amex",
  discover: "Discover",
  diners: "Diners",
  jcb: "JCB",
  unionpay: "UnionPay",
};

/** A card's brand as people know it. */
export function brandName(brand: string): string {
  return BRANDS[brand] ?? "Card";
}

function expiry({ card }: ApiPaymentMethod, nowMs: number): string {
  const now = new Date(nowMs);
  const left = (card.exp_year - now.getUTCFullYear()) * 12 + card.exp_month -
    1 - now.getUTCMonth();
  const when = `${String(card.exp_month).padStart(2, "0")}/${card.exp_year}`;
  return left < 0 ? `Expired ${when}` : `Expires ${when}`;
}

function addressLines({ address }: ApiCustomer): string {
  if (!address) return "";
  const { line1, line2, city, state, postal_code: code, country } = address;
  const town = [city, [state, code].filter(Boolean).join(" ")].filter(Boolean)
    .join(", ");
  return [line1, line2, town, country && countryName(country)].filter(Boolean)
    .join("\n");
}
