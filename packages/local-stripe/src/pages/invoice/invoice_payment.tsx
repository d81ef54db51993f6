import type { ApiInvoice, ApiPaymentMethod } from "../../api/api_types.ts";
import { CardFields } from "../card_fields.tsx";
import { TestNumbers } from "../checkout/test_numbers.tsx";
import { brandName } from "../portal/portal_home.tsx";
import { Section } from "../layout.tsx";
import { formatMoney } from "../../money.ts";
import type { FormState } from "../form_state.ts";

/** What paying an invoice has to know. */
export interface PaymentView {
  invoice: ApiInvoice;
  /** Where the forms are sent: the invoice's own page. */
  action: string;
  /** The card that is charged without typing one. */
  saved: ApiPaymentMethod | null;
  state: FormState;
  locale: string;
}

/** How an open invoice is paid: with the card that is there, or with another one. */
export function InvoicePayment(view: PaymentView) {
  const { action, saved, state } = view;
  const wrong = state.errors["form"];
  return (
    <div class="no-print">
      <Section id="pay" title="Pay this invoice">
        {wrong && <p class="form-error" role="alert">{wrong}</p>}
        {saved && (
          <form method="post" action={action}>
            <button
              class="primary pay-button"
              type="submit"
              name="with"
              value="saved"
            >
              Pay {dueOf(view)} with {cardWords(saved)}
            </button>
          </form>
        )}
        {saved ? <OtherCard {...view} /> : <CardForm {...view} />}
      </Section>
    </div>
  );
}

function OtherCard(view: PaymentView) {
  return (
    <details
      class="test-cards"
      open={Object.keys(view.state.errors).length > 0}
    >
      <summary>Pay with another card</summary>
      <CardForm {...view} />
    </details>
  );
}

function CardForm(view: PaymentView) {
  return (
    <>
      <form class="form pay" method="post" action={view.action} novalidate>
        <CardFields state={view.state} />
        <button class="primary pay-button" type="submit">
          Pay {dueOf(view)}
        </button>
        <p class="muted small">
          The card is saved once it has paid. Nothing is really charged here.
        </p>
      </form>
      <TestNumbers card bank={false} />
    </>
  );
}

function dueOf({ invoice, locale }: PaymentView): string {
  return formatMoney(invoice.amount_remaining, invoice.currency, locale);
}

/** A card by its brand and last digits, e.g. "Visa •••• 4242". */
export function cardWords({ card }: ApiPaymentMethod): string {
  return `${brandName(card.brand)} •••• ${card.last4}`;
}
