import {
  CHARGE,
  PAYMENT_METHOD,
  REFUND,
  type Settlement,
} from "../store/schema.ts";
import { withdrawRefund } from "./balance_transactions.ts";
import { findTestCard } from "./test_cards.ts";
import type { BillingTransaction, Step } from "./transaction.ts";
import { DAY_SEC } from "./periods.ts";
import type { ApiCharge, ApiRefund } from "../api/api_types.ts";

/** How long a bank takes to settle a pending refund. */
const SETTLES_SEC = DAY_SEC;

/** The later outcome of a refund to a test card; `null` for most cards, which settle at once. */
export async function settlementOf(
  tx: BillingTransaction,
  { payment_method: id }: ApiCharge,
): Promise<Settlement | null> {
  const method = await tx.find(PAYMENT_METHOD, id);
  const status = method && findTestCard(method.extra.number).refundsLaterAs;
  return status ? { atSec: tx.nowSec + SETTLES_SEC, status } : null;
}

/** The first status of a refund. One that fails later has succeeded at first. */
export function firstStatus(
  settlement: Settlement | null,
): Pick<ApiRefund, "pending_reason" | "status"> {
  return settlement?.status === "succeeded"
    ? { pending_reason: "processing", status: "pending" }
    : { status: "succeeded" };
}

/** The pending settlements of refunds, as steps of the scheduler. */
export async function refundSteps(tx: BillingTransaction): Promise<Step[]> {
  const list = ["refunds_moving_by_customer", tx.customerId];
  const pending = await tx.all(REFUND, list);
  return pending.flatMap(({ object: { id }, extra: settlement }) => {
    if (settlement === null) return [];
    return [{ atSec: settlement.atSec, run: (tx) => settleRefund(tx, id) }];
  });
}

async function settleRefund(tx: BillingTransaction, id: string) {
  const { object: before, extra: settlement } = await tx.need(REFUND, id);
  if (settlement === null) return;
  const { pending_reason: _reason, ...refund } = before;
  const failed = settlement.status === "failed";
  const after = tx.change(REFUND, {
    ...refund,
    ...(failed && {
      failure_balance_transaction: withdrawRefund(tx, before, "refund_failure"),
      failure_reason: "expired_or_canceled_card",
    }),
    status: settlement.status,
  }, null);
  if (failed) await reverseRefund(tx, after);
  tx.emitUpdate("refund.updated", before, after);
  tx.emitUpdate("charge.refund.updated", before, after);
  if (failed) tx.emit("refund.failed", after);
}

// The amount of a failed refund can be refunded again.
async function reverseRefund(
  tx: BillingTransaction,
  { amount, charge: id }: ApiRefund,
) {
  const { object: charge } = await tx.need(CHARGE, id);
  tx.change(CHARGE, {
    ...charge,
    amount_refunded: charge.amount_refunded - amount,
    refunded: false,
  });
}
