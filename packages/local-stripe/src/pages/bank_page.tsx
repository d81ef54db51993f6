import { useBusinessName } from "./document.tsx";
import { Heading } from "./elements.tsx";

/** The error message after a failed authentication. */
export const AUTHENTICATION_FAILED =
  "We could not authenticate your card. Try again, or use a different card.";

/** The page where the card's bank authenticates the cardholder; its form sends `outcome`. */
export function BankPage(
  { action, card, amount, backUrl, fields = [] }: {
    action: string;
    /** "Visa •••• 3220" */
    card: string;
    amount: string;
    /** The page with the form, for another card. */
    backUrl: string;
    /** Fields that the form repeats. */
    fields?: [name: string, value: string][];
  },
) {
  return (
    <section class="bank">
      <Heading
        before={<p class="bank-name">Verification for {card}</p>}
        title="Verify your payment"
        lead={`${useBusinessName()} requests authorization for ${amount}. A real bank would send a code or ask in its app. Here, choose the outcome.`}
      />
      <form class="buttons" method="post" action={action}>
        {fields.map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <button class="primary" type="submit" name="outcome" value="complete">
          Complete
        </button>
        <button class="danger" type="submit" name="outcome" value="fail">
          Fail
        </button>
      </form>
      <p>
        <a class="action" href={backUrl}>Use another card</a>
      </p>
    </section>
  );
}
