import { useBusinessName } from "./document.tsx";
import { Heading } from "./elements.tsx";

/** The error message after a failed authentication. */
export const AUTHENTICATION_FAILED =
  "Your bank did not confirm that it is you. Try again, or use another card.";

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
        before={<p class="bank-name">The bank of {card}</p>}
        title="Is it you who pays?"
        lead={`${useBusinessName()} asks for ${amount}. A real bank would send you a code, or ask in its app. Here you decide how it ends.`}
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
