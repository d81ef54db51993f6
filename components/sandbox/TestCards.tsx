/** Card numbers for the local Stripe's pages, and the effect of each. */
export function TestCards() {
  return (
    <>
      <p>
        Use any future date and any three digits as the CVC. No real money is
        charged.
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
  ["4242 4242 4242 4242", "Succeeds"],
  ["4000 0000 0000 3220", "Requires authentication, then succeeds"],
  ["4000 0000 0000 0002", "Declined"],
  ["4000 0000 0000 9995", "Declined: insufficient funds"],
  ["4000 0000 0000 0341", "Can be saved, then every charge fails"],
  [
    "4000 0082 6000 3178",
    "Requires authentication, then is declined: insufficient funds",
  ],
  ["4000 0000 0000 0259", "Succeeds, then the payment is disputed"],
  ["4000 0000 0000 5126", "Succeeds; a refund fails a day later"],
];
