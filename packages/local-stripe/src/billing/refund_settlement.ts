import {
  CHARGE,
  PAYMENT_METHOD,
  REFUND,
  type Settlement,
} from "../store/schema.ts";
import { findTestCard } from "./test_cards.ts";
import type { BillingTransaction, Step } from "./transaction.ts";
import { DAY_SEC } from "./periods.ts";
import type { ApiCharge, ApiRefund } from "../api/api_types.ts";

/** How long a bank takes over a refund that does not settle at once. */
export const SETTLES_SEC = DAY_SEC;

/** What is yet to come of a refund to a charge's card; `null` for most cards: it is done. */
export async function settlementOf(
  transaction: BillingTransaction,
  { payment_method: id }: ApiCharge,
): Promise<Settlement | null> {
  const method = id === null
    ? null
    : await transaction.find(PAYMENT_METHOD, id);
  const status = method && findTestCard(method.extra.number).refundsLaterAs;
  return status ? { atSec: transaction.nowSec + SETTLES_SEC, status } : null;
}

/** What a refund says at first: one that will fail looks as if it had succeeded. */
export function firstStatus(
  settlement: Settlement | null,
): Pick<ApiRefund, "pending_reason" | "status"> {
  return settlement?.status === "succeeded"
    ? { pending_reason: "processing", status: "pending" }
    : { status: "succeeded" };
}

/** The answers on refunds that banks owe, as steps of the customer's scheduler. */
export async function refundSteps(
  transaction: BillingTransaction,
): Promise<Step[]> {
  const list = ["refunds_moving_by_customer", transaction.customerId];
  const waiting = await transaction.all(REFUND, list);
  return waiting.flatMap(({ object: { id }, extra: settlement }) =>
    settlement === null ? [] : [{
      atSec: settlement.atSec,
      run: (transaction) => settleRefund(transaction, id),
    }]
  );
}

async function settleRefund(
  transaction: BillingTransaction,
  id: string,
): Promise<void> {
  const { object: before, extra: settlement } = await transaction.need(
    REFUND,
    id,
  );
  if (settlement === null) return;
  const { pending_reason: _reason, ...refund } = before;
  const failed = settlement.status === "failed";
  const after = transaction.change(REFUND, {
    ...refund,
    ...(failed && { failure_reason: "expired_or_canceled_card" }),
    status: settlement.status,
  }, null);
  if (failed) await takeBack(transaction, after);
  transaction.emitUpdate("refund.updated", before, after);
  transaction.emitUpdate("charge.refund.updated", before, after);
  if (failed) transaction.emit("refund.failed", after);
}

// The money is back: it can be refunded in another way.
async function takeBack(
  transaction: BillingTransaction,
  { amount, charge: id }: ApiRefund,
): Promise<void> {
  const { object: charge } = await transaction.need(CHARGE, id);
  transaction.change(CHARGE, {
    ...charge,
    amount_refunded: charge.amount_refunded - amount,
    refunded: false,
  });
}
