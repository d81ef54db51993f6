import type Stripe from "stripe";
import type { ApiCharge, ApiRefund } from "../api/api_types.ts";
import { longId } from "../store/ids.ts";
import { BALANCE_TRANSACTION } from "../store/schema.ts";
import type { BillingTransaction } from "./transaction.ts";

type Movement =
  & Pick<
    Stripe.BalanceTransaction,
    "amount" | "currency" | "reporting_category" | "type"
  >
  & {
    source: string;
    description: string | null;
    fee?: { amount: number; description: string };
  };

/** Records a movement of the account's balance. */
export function moveBalance(
  tx: BillingTransaction,
  { fee, ...movement }: Movement,
): Stripe.BalanceTransaction {
  const { amount, currency } = movement;
  const taken = fee?.amount ?? 0;
  return tx.insert(BALANCE_TRANSACTION, {
    id: longId("txn"),
    object: "balance_transaction",
    available_on: tx.nowSec,
    balance_type: "payments",
    created: tx.nowSec,
    exchange_rate: null,
    fee: taken,
    fee_details: fee === undefined
      ? []
      : [{ ...fee, application: null, currency, type: "stripe_fee" }],
    net: amount - taken,
    status: "available",
    ...movement,
  }, null);
}

/** Records a paid charge. The fee is invented: 2.9 % and 30 minor units. */
export function depositCharge(
  tx: BillingTransaction,
  { amount, currency, description, id: source }: ApiCharge,
): string {
  const fee = Math.round(amount * 0.029) + 30;
  return moveBalance(tx, {
    amount,
    currency,
    description,
    fee: { amount: fee, description: "Stripe processing fees" },
    reporting_category: "charge",
    source,
    type: "charge",
  }).id;
}

/** Records a refund, or the return of its amount after it failed. The fee is not refunded. */
export function withdrawRefund(
  tx: BillingTransaction,
  { amount, charge, currency, id: source }: ApiRefund,
  type: "refund" | "refund_failure",
): string {
  return moveBalance(tx, {
    amount: type === "refund" ? -amount : amount,
    currency,
    description: `${type.toUpperCase().replace("_", " ")} FOR CHARGE ${charge}`,
    reporting_category: type,
    source,
    type,
  }).id;
}
