import { BUSINESS_NAME } from "../../context.ts";

/** A session that has been paid, met again by the Back button or an old tab. */
export function AlreadyPaid(
  props: {
    /** The bank has not answered yet. */
    pending: boolean;
    /** The bank has refused. */
    failed: boolean;
    onward: string;
    copy: string | null;
  },
) {
  const [title, lead] = props.pending ? PENDING : props.failed ? FAILED : PAID;
  return (
    <>
      <div class="title">
        <h1>{title}</h1>
        <p class="lead" role="status">{lead}</p>
        {props.copy && <p>{props.copy}</p>}
      </div>
      <p>
        <a class="primary" href={props.onward} rel="noreferrer">
          Continue to {BUSINESS_NAME}
        </a>
      </p>
    </>
  );
}

const PENDING = [
  "Your payment is on its way",
  "Your bank has been asked for it. There is nothing more to do, and it is not asked twice.",
];
const FAILED = [
  "Your bank refused the payment",
  "Nothing was paid. What you chose can be bought again with another account or a card.",
];
const PAID = [
  "This is already paid",
  "Your payment went through, and it was made once. There is nothing left to do here.",
];

/** A session that nobody paid in time. */
export function SessionExpired(
  { recover, backUrl }: { recover: string | null; backUrl: string | null },
) {
  return (
    <>
      <div class="title">
        <h1>This checkout has closed</h1>
        <p class="lead">
          It stays open for a limited time. Nothing was paid, and nothing was
          bought.
        </p>
      </div>
      {recover && (
        <form method="post" action={recover}>
          <button class="primary" type="submit">Start it again</button>
        </form>
      )}
      {backUrl && (
        <p>
          <a class="action" href={backUrl} rel="noreferrer">
            Go back to {BUSINESS_NAME}
          </a>
        </p>
      )}
    </>
  );
}

/** Where a card's bank asks its owner. */
export function BankPage(
  { action, card, amount, backUrl, fields = [] }: {
    action: string;
    /** "Visa •••• 3220" */
    card: string;
    amount: string;
    /** Back to the form, without paying. */
    backUrl: string;
    /** What the form has to bring along. */
    fields?: [name: string, value: string][];
  },
) {
  return (
    <section class="bank">
      <div class="title">
        <p class="bank-name">The bank of {card}</p>
        <h1>Is it you who pays?</h1>
        <p class="lead">
          {BUSINESS_NAME} asks for{" "}
          {amount}. A real bank would send you a code, or ask in its app. Here
          you decide how it ends.
        </p>
      </div>
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
