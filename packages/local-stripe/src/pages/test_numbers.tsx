import { DescriptionList } from "./elements.tsx";

const CARDS: readonly (readonly [number: string, effect: string])[] = [
  ["4242 4242 4242 4242", "accepted"],
  ["4000 0000 0000 3220", "requires 3D Secure"],
  ["4000 0027 6000 3184", "3D Secure every time"],
  ["4000 0025 0000 3155", "3D Secure once"],
  ["4000 0082 6000 3178", "3D Secure, then declined"],
  ["4000 0000 0000 0341", "saved, fails later"],
  ["4000 0000 0000 0002", "declined"],
  ["4000 0000 0000 9995", "insufficient funds"],
  ["4000 0000 0000 0069", "expired card"],
  ["4000 0000 0000 0127", "incorrect CVC"],
  ["4000 0000 0000 0119", "processing error"],
  ["4000 0000 0000 0259", "paid, then disputed"],
  ["4000 0000 0000 2685", "disputed: not received"],
  ["4000 0000 0000 7726", "refund takes a day"],
  ["4000 0000 0000 5126", "refund fails later"],
];

/** A test bank account and the outcome of a debit from it. */
export interface TestAccount {
  number: string;
  effect: string;
  settles: "succeeds" | "fails" | "never";
}

export const ROUTING = "110000000";
export const TEST_ACCOUNTS: readonly TestAccount[] = [
  { number: "000123456789", effect: "settles", settles: "succeeds" },
  { number: "000222222227", effect: "insufficient funds", settles: "fails" },
  { number: "000111111113", effect: "account closed", settles: "fails" },
  { number: "000000000009", effect: "never settles", settles: "never" },
];

/** The test cards and accounts with their effects, below a payment form. */
export function TestNumbers({ card, bank }: { card: boolean; bank: boolean }) {
  return (
    <aside class="numbers" aria-label="Test numbers">
      {card && (
        <>
          <h2>Test cards</h2>
          <p class="muted">
            Use any future date and any security code. Real cards are declined
            and not stored.
          </p>
          <DescriptionList rows={CARDS} />
        </>
      )}
      {bank && (
        <>
          <h2>Test bank accounts</h2>
          <p class="muted">
            Routing number{" "}
            <code>{ROUTING}</code>. The debit settles four days later.
          </p>
          <DescriptionList
            rows={TEST_ACCOUNTS.map(({ number, effect }) => [number, effect])}
          />
        </>
      )}
    </aside>
  );
}
