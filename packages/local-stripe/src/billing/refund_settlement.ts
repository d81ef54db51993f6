import {
  CHARGE,
  PAYMENT_METHOD,
  REFUND,
  type Settlement,
} from "../store/schema.ts";
import { findTestCard } from "../resources/test_cards.ts";
import type { Books } from "./transaction.ts";
import type { Step } from "./due_steps.ts";
import { DAY_SEC } from "./periods.ts";
import type { WireCharge, WireRefund } from "../api/api_types.ts";

/** How long a bank takes over a refund that does not settle at once. */
export const SETTLES_SEC = DAY_SEC;

/** What is yet to come of a refund to a charge's card; `null` for most cards: it is done. */
export async function settlementOf(
  books: Books,
  { payment_method: id }: WireCharge,
): Promise<Settlement | null> {
  const method = id === null ? null : await books.find(PAYMENT_METHOD, id);
  const status = method && findTestCard(method.extra.number).refundsLaterAs;
  return status ? { atSec: books.nowSec + SETTLES_SEC, status } : null;
}

/** What a refund says at first: one that will fail looks as if it had succeeded. */
export function firstStatus(
  settlement: Settlement | null,
): Pick<WireRefund, "pending_reason" | "status"> {
  return settlement?.status === "succeeded"
    ? { pending_reason: "processing", status: "pending" }
    : { status: "succeeded" };
}

/** The answers on refunds that banks owe, as steps of the customer's clockwork. */
export async function refundSteps(books: Books): Promise<Step[]> {
  const list = ["refunds_moving_by_customer", books.customerId];
  const waiting = await books.all(REFUND, list);
  return waiting.flatMap(({ object: { id }, extra: settlement }) =>
    settlement === null
      ? []
      : [{ atSec: settlement.atSec, run: (books) => settle(books, id) }]
  );
}

async function settle(books: Books, id: string): Promise<void> {
  const { object: before, extra: settlement } = await books.need(REFUND, id);
  if (settlement === null) return;
  const { pending_reason: _reason, ...refund } = before;
  const failed = settlement.status === "failed";
  const after = books.change(REFUND, {
    ...refund,
    ...(failed && { failure_reason: "expired_or_canceled_card" }),
    status: settlement.status,
  }, null);
  if (failed) await takeBack(books, after);
  books.tellUpdate("refund.updated", before, after);
  books.tellUpdate("charge.refund.updated", before, after);
  if (failed) books.tell("refund.failed", after);
}

// The money is back: it can be refunded in another way.
async function takeBack(
  books: Books,
  { amount, charge: id }: WireRefund,
): Promise<void> {
  const { object: charge } = await books.need(CHARGE, id);
  books.change(CHARGE, {
    ...charge,
    amount_refunded: charge.amount_refunded - amount,
    refunded: false,
  });
}
