import { BUSINESS_NAME } from "../../resources/account.ts";

/** A session that has been paid, met again by the Back button or an old tab. */
export function AlreadyPaid(
  { pending, onward, words }: {
    /** The money is still on its way. */
    pending: boolean;
    onward: string;
    words: string | null;
  },
) {
  return (
    <>
      <div class="title">
        <h1>
          {pending ? "Your payment is on its way" : "This is already paid"}
        </h1>
        <p class="lead" role="status">
          {pending
            ? "Your bank has been asked for it. Nothing more is to be done, and it will not be asked twice."
            : "Your payment went through, and it was made once. There is nothing left to do here."}
        </p>
        {words && <p>{words}</p>}
      </div>
      <p>
        <a class="primary" href={onward} rel="noreferrer">
          Continue to {BUSINESS_NAME}
        </a>
      </p>
    </>
  );
}

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
  { action, card, amount, backUrl }: {
    action: string;
    /** "Visa •••• 3220" */
    card: string;
    amount: string;
    /** Back to the form, without paying. */
    backUrl: string;
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
