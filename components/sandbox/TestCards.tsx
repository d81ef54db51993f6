/** Card numbers for the local Stripe's pages, and the effect of each. */
export function TestCards() {
  return (
    <>
      <p>
        Any date that is to come, and any three digits for the code. There is no
        money here.
      </p>
      <dl class="description-list cards">
        {CARDS.map(([number, effect]) => (
          <div key={number}>
            <dt>
              <code>{number}</code>
            </dt>
            <dd>{effect}</dd>
          </div>
        ))}
      </dl>
      <p class="note">
        <a href="https://docs.stripe.com/testing" rel="noreferrer">
          All of Stripe's test cards
        </a>
      </p>
    </>
  );
}

const CARDS: [number: string, effect: string][] = [
  ["4242 4242 4242 4242", "Pays"],
  ["4000 0000 0000 3220", "Asks to confirm, then pays"],
  ["4000 0000 0000 0002", "Is declined"],
  ["4000 0000 0000 9995", "Is declined for lack of funds"],
  ["4000 0000 0000 0341", "Can be saved, then fails every charge"],
  ["4000 0082 6000 3178", "Asks to confirm, then lacks funds"],
  ["4000 0000 0000 0259", "Pays, then disputes the payment"],
  ["4000 0000 0000 5126", "Pays; a refund to it fails a day later"],
];
