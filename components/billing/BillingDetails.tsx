import type { ComponentChildren } from "preact";
import type { BillingDetails as Details } from "@/lib/billing/billing_details.ts";
import { formatAddress } from "@/lib/pages/address.ts";
import { formatMonth } from "@/lib/pages/formats.ts";
import { paymentMethodLabel } from "@/lib/pages/payment_method_label.ts";
import { type MessageKey, translator } from "@/lib/pages/translate.ts";
import { CARD_HREF, CUSTOMER_HREF, returningTo } from "./plan_labels.ts";

interface DetailsProps {
  details: Details;
  nowMs: number;
  /** If false, the details are shown without links. */
  mayManageBilling: boolean;
  locale: string;
}

interface Detail {
  term: string;
  /** Null if Stripe has none. */
  value: ComponentChildren | null;
  /** The portal page that changes it. */
  href: string;
}

/** The details on invoices and the payment method, with links to change them. */
export function BillingDetails(props: DetailsProps) {
  const { mayManageBilling, locale } = props;
  const t = translator(locale);
  return (
    <>
      <dl class="details">
        {detailsOf(props).map(({ term, value, href }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value ?? <span class="soft">{t("details.not_set")}</span>}</dd>
            {mayManageBilling && (
              <dd class="details-edit">
                <a
                  href={returningTo("details", href)}
                  aria-label={t("details.edit_of", { detail: term })}
                >
                  {t("details.edit")}
                </a>
              </dd>
            )}
          </div>
        ))}
      </dl>
      <p class="note">
        {mayManageBilling ? t("details.about") : t("manage.forbidden")}
      </p>
    </>
  );
}

function detailsOf({ details, nowMs, locale }: DetailsProps): Detail[] {
  const t = translator(locale);
  const { name, email, address, taxIds, paymentMethod } = details;
  const href = CUSTOMER_HREF;
  return [
    { term: t("details.organization"), value: name, href },
    { term: t("details.billing_email"), value: email, href },
    {
      term: t("details.address"),
      value: linesOf(formatAddress(address, locale)),
      href,
    },
    {
      term: t("details.tax_ids"),
      value: linesOf(taxIds.map((taxId) => taxIdText(taxId, locale))),
      href,
    },
    {
      term: t("details.payment_method"),
      value: paymentMethod && (
        <PaymentMethod
          paymentMethod={paymentMethod}
          nowMs={nowMs}
          locale={locale}
        />
      ),
      href: CARD_HREF,
    },
  ];
}

function linesOf(lines: readonly string[]): ComponentChildren | null {
  if (lines.length === 0) return null;
  return lines.map((line) => <span key={line} class="details-line">{line}
  </span>);
}

const VERIFICATION_KEYS = new Map<string | null, VerificationKey>([
  ["verified", "details.verified"],
  ["pending", "details.pending"],
  ["unverified", "details.unverified"],
]);
type VerificationKey = Extract<
  MessageKey,
  "details.verified" | "details.pending" | "details.unverified"
>;

/** Formats `EU VAT DE123456789 (verified)`. */
function taxIdText(
  { type, value, verification }: Details["taxIds"][number],
  locale: string,
): string {
  const id = `${type.replaceAll("_", " ").toUpperCase()} ${value}`;
  const key = VERIFICATION_KEYS.get(verification);
  return key === undefined ? id : `${id} (${translator(locale)(key)})`;
}

function PaymentMethod({ paymentMethod, nowMs, locale }: {
  paymentMethod: NonNullable<Details["paymentMethod"]>;
  nowMs: number;
  locale: string;
}) {
  const label = paymentMethodLabel({ paymentMethod }, locale);
  const { expires } = paymentMethod;
  if (expires === null) return <>{label}</>;
  const { month, year } = expires;
  // A card is valid until the end of its last month; `month` counts from 1.
  const key = Date.UTC(year, month) <= nowMs
    ? "details.expired"
    : "details.expires";
  const date = formatMonth(Date.UTC(year, month - 1), locale);
  return (
    <>
      {label}
      <span class="details-line soft">
        {translator(locale)(key, { date })}
      </span>
    </>
  );
}
