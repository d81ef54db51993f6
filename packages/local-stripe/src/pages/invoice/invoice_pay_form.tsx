import type { ApiInvoice, ApiPaymentMethod } from "../../api/api_types.ts";
import { formatMoney } from "../../money.ts";
import { cardLabel } from "../card_label.ts";
import { ErrorMessage, Section } from "../elements.tsx";
import { CardFields, type FormState, PostButton } from "../forms.tsx";
import { TestNumbers } from "../test_numbers.tsx";

interface PayFormProps {
  invoice: ApiInvoice;
  /** Path to which the forms are sent. */
  action: string;
  /** The customer's saved card. */
  saved: ApiPaymentMethod | null;
  state: FormState;
  locale: string;
}

/** The forms that pay an open invoice, with the saved card or another one. */
export function InvoicePayForm(props: PayFormProps) {
  const { action, saved, state } = props;
  return (
    <div class="no-print">
      <Section id="pay" title="Pay this invoice">
        <ErrorMessage>{state.errors["form"]}</ErrorMessage>
        {saved && (
          <PostButton
            action={action}
            class="primary pay-button"
            field={{ name: "with", value: "saved" }}
          >
            Pay {amountDue(props)} with {cardLabel(saved)}
          </PostButton>
        )}
        {saved ? <OtherCard {...props} /> : <CardForm {...props} />}
      </Section>
    </div>
  );
}

function OtherCard(props: PayFormProps) {
  return (
    <details
      class="test-cards"
      open={Object.keys(props.state.errors).length > 0}
    >
      <summary>Pay with another card</summary>
      <CardForm {...props} />
    </details>
  );
}

function CardForm(props: PayFormProps) {
  return (
    <>
      <form class="form pay" method="post" action={props.action} novalidate>
        <CardFields state={props.state} />
        <button class="primary pay-button" type="submit">
          Pay {amountDue(props)}
        </button>
        <p class="muted small">
          Your card is saved after the payment. This is a test: you are not
          charged.
        </p>
      </form>
      <TestNumbers card bank={false} />
    </>
  );
}

function amountDue({ invoice, locale }: PayFormProps): string {
  return formatMoney(invoice.amount_remaining, invoice.currency, locale);
}
