import { assertEquals, assertThrows } from "@std/assert";
import {
  EMPTY_WALLET,
  type Posting,
  type Wallet,
} from "@/lib/store/ledger_types.ts";
import { applyPosting, tokensOf } from "@/lib/wallet/ledger.ts";
import {
  charge,
  grant,
  purchase,
  refundDebit,
} from "@/tests/helpers/postings.ts";

const STAMP = { id: "le_1", atMs: 5 };

/** The wallet after postings that must all succeed. */
function after(postings: Posting[], wallet: Wallet = EMPTY_WALLET): Wallet {
  return postings.reduce((before, posting) => {
    const posted = applyPosting(before, posting, STAMP);
    if (posted === null) throw new Error("the posting was refused");
    return posted.wallet;
  }, wallet);
}

function changes(wallet: Wallet, posting: Posting) {
  return applyPosting(wallet, posting, STAMP)?.entries
    .map((entry) => [entry.kind, tokensOf(entry), entry.balance]);
}

Deno.test("a charge debits granted tokens before purchased ones", () => {
  const wallet = after([grant("g", 10), purchase("p", 20), charge("c", 12)]);
  assertEquals(wallet.granted, 0);
  assertEquals(wallet.purchased, 18);
  assertEquals(wallet.entries, 3);
});

Deno.test("a charge over the balance debits nothing", () => {
  const wallet = after([grant("g", 10), purchase("p", 5)]);
  assertEquals(applyPosting(wallet, charge("c", 16), STAMP), null);
  assertEquals(changes(wallet, charge("c", 15)), [["charge", -15, 0]]);
});

Deno.test("a grant expires unused tokens of the month before", () => {
  const wallet = after([grant("g", 10), purchase("p", 5), charge("c", 3)]);
  const next = grant("h", 10, { periodStartMs: 2_000 });
  assertEquals(changes(wallet, next), [["grant", 10, 22], ["expiry", -7, 15]]);
});

Deno.test("a plan that rolls over keeps unused tokens", () => {
  const wallet = after([grant("g", 10, { rollsOver: true })]);
  const next = grant("h", 10, { periodStartMs: 2_000 });
  assertEquals(changes(wallet, next), [["grant", 10, 20]]);
});

Deno.test("a plan that rolls over does not keep another plan's tokens", () => {
  const next = grant("h", 10, { periodStartMs: 2_000, rollsOver: true });
  assertEquals(after([grant("g", 10), next]).granted, 10);
  assertEquals(after([next, grant("g", 10)]).granted, 10);
});

Deno.test("a charge debits the tokens that expire first", () => {
  const more = grant("h", 4, { periodStartMs: 1_500, inPeriod: true });
  const rolled = grant("r", 2, { rollsOver: true });
  const wallet = after([rolled, more, grant("g", 10), charge("c", 12)]);
  const [first, last] = wallet.lots;
  assertEquals(first, { startMs: 1_500, tokens: 2 });
  assertEquals(last?.tokens, 2);
});

Deno.test("a wallet without lots keeps or expires its tokens at the next grant", () => {
  const old = { ...EMPTY_WALLET, granted: 8, grantedForMs: 1_000 };
  const used = after([charge("c", 3)], old);
  assertEquals(used.granted, 5);
  const next = grant("g", 10, { periodStartMs: 2_000 });
  assertEquals(changes(used, next), [["grant", 10, 15], ["expiry", -5, 10]]);
  const rolling = { ...next, rollsOver: true };
  assertEquals(changes(used, rolling), [["grant", 10, 15]]);
  const more = grant("u", 4, { periodStartMs: 1_500, inPeriod: true });
  assertEquals(after([more, next], used).granted, 10);
});

Deno.test("a wallet has at most 100 lots and loses no tokens", () => {
  const upgrades = Array.from(
    { length: 120 },
    (_, index) =>
      grant(`u${index}`, 1, { periodStartMs: 1_000 + index, inPeriod: true }),
  );
  const wallet = after(upgrades);
  assertEquals(wallet.granted, 120);
  assertEquals(wallet.lots.length, 100);
  assertEquals(wallet.lots[0], { startMs: 1_020, tokens: 21 });
});

Deno.test("an additional grant within a period expires nothing", () => {
  const wallet = after([grant("g", 10)]);
  const more = grant("h", 4, { periodStartMs: 1_500, inPeriod: true });
  assertEquals(changes(wallet, more), [["grant", 4, 14]]);
});

Deno.test("a grant older than the current month's is not used", () => {
  const later = grant("later", 10, { periodStartMs: 2_000 });
  const wallet = after([later, charge("c", 4), grant("early", 8)]);
  assertEquals(wallet.granted, 6);
  assertEquals(wallet.grantedForMs, 2_000);
  const inOrder = after([grant("early", 8), later, charge("c", 4)]);
  assertEquals(inOrder.granted, 6);
});

Deno.test("a refund debits at most the remaining purchased tokens", () => {
  const wallet = after([grant("g", 10), purchase("p", 5), charge("c", 12)]);
  assertEquals(changes(wallet, refundDebit("r", 5)), [["refund", -3, 0]]);
  const empty = after([refundDebit("r", 5)], wallet);
  assertEquals(changes(empty, refundDebit("s", 5)), [["refund", 0, 0]]);
});

Deno.test("fractional and too large amounts are refused", () => {
  for (const tokens of [0, -1, 0.5, NaN, Infinity, 2 ** 53]) {
    assertThrows(
      () => applyPosting(EMPTY_WALLET, charge("c", tokens), STAMP),
      RangeError,
    );
    assertThrows(
      () => applyPosting(EMPTY_WALLET, purchase("p", tokens), STAMP),
      RangeError,
    );
  }
  const full = after([purchase("p", Number.MAX_SAFE_INTEGER)]);
  assertThrows(
    () => applyPosting(full, grant("g", 1), STAMP),
    RangeError,
    "would exceed",
  );
});
