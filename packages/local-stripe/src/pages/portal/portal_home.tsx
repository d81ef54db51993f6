import { Fragment } from "preact";
import type { ApiCustomer, ApiPaymentMethod } from "../../api/api_types.ts";
import { formatDay, formatMoney } from "../../money.ts";
import { brandName } from "../card_label.ts";
import { countryName } from "../countries.ts";
import {
  AmountTable,
  DescriptionList,
  ErrorMessage,
  Section,
  StatusBadge,
} from "../elements.tsx";
import { PostButton } from "../forms.tsx";
import { PlanSection } from "./plan_section.tsx";
import type { HomeView } from "./portal_home_view.ts";
import type { PortalSession } from "./portal_session.ts";

/** The portal's home page, with a section for each feature that the configuration enables. */
export function Home(props: HomeView) {
  const { portal, notice, plans, failure } = props;
  const { features } = portal.configuration;
  return (
    <>
      <h1>
        {portal.customer.name
          ? `Billing for ${portal.customer.name}`
          : "Billing"}
      </h1>
      {notice && <p class="notice" role="status">{notice}</p>}
      <ErrorMessage>{failure}</ErrorMessage>
      <PlanSection portal={portal} plans={plans} />
      {features.payment_method_update.enabled && <PaymentMethods {...props} />}
      {features.customer_update.enabled && <BillingInformation {...props} />}
      {features.invoice_history.enabled && <InvoiceHistory {...props} />}
    </>
  );
}

function PaymentMethods({ portal, methods }: HomeView) {
  const chosen = portal.customer.invoice_settings.default_payment_method;
  return (
    <Section id="payment-methods" title="Payment method">
      {methods.length === 0 && <p class="muted">No payment methods yet.</p>}
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
      <span class="muted">{expiryText(method, portal.context.now())}</span>
      <span class="card-actions">
        {!isDefault && (
          <PostButton
            action={`${portal.base}/cards/${method.id}/default`}
            class="link"
            label={`Make default: ${name}`}
          >
            Make default
          </PostButton>
        )}
        <details class="confirm">
          <summary aria-label={`Remove ${name}`}>Remove</summary>
          <form
            method="post"
            action={`${portal.base}/cards/${method.id}/remove`}
          >
            <p>Remove this card?</p>
            <button class="danger" type="submit">Remove card</button>
          </form>
        </details>
      </span>
    </li>
  );
}

function BillingInformation({ portal, taxIds }: HomeView) {
  const { customer, configuration } = portal;
  const rows = [
    ["Name", customer.name],
    ["Company", customer.business_name],
    ["Email", customer.email],
    ["Phone", customer.phone],
    ["Address", addressLines(customer)],
    ["Tax ID", taxIds.map(({ value }) => value).join("\n")],
  ] as const;
  const known = rows.filter(([, value]) => value);
  return (
    <Section id="billing-information" title="Billing information">
      {known.length === 0
        ? <p class="muted">No billing information yet.</p>
        : <DescriptionList class="facts" rows={known} />}
      {configuration.features.customer_update.allowed_updates.length > 0 && (
        <a class="action" href={`${portal.base}/details`}>Update information</a>
      )}
    </Section>
  );
}

function InvoiceHistory({ portal, invoices, olderThan, isOlder }: HomeView) {
  return (
    <Section id="invoices" title="Invoice history">
      {invoices.length === 0 && <p class="muted">No invoices yet.</p>}
      {invoices.length > 0 && (
        <AmountTable
          class="invoices"
          columns={["Date", "Invoice", "Status", "Amount"]}
          rows={invoices.map((invoice) => ({
            id: invoice.id,
            cells: invoiceCells(invoice, portal.locale),
          }))}
        />
      )}
      <p class="pager">
        {isOlder && <a class="action" href={portal.base}>Newest invoices</a>}
        {olderThan && (
          <a class="action" href={`${portal.base}?after=${olderThan}#invoices`}>
            Older invoices
          </a>
        )}
      </p>
    </Section>
  );
}

function invoiceCells(invoice: HomeView["invoices"][number], locale: string) {
  const { hosted_invoice_url: url, invoice_pdf: pdf, number } = invoice;
  return [
    formatDay(invoice.created, locale),
    url ? <a key="number" href={url}>{number}</a> : number,
    <StatusBadge key="status" status={invoice.shownAs} />,
    <Fragment key="amount">
      {formatMoney(invoice.total, invoice.currency, locale)}
      {pdf && (
        <a class="pdf" href={pdf} aria-label={`Invoice ${number} as PDF`}>
          PDF
        </a>
      )}
    </Fragment>,
  ];
}

function expiryText({ card }: ApiPaymentMethod, nowMs: number): string {
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
