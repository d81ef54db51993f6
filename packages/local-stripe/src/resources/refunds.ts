import type { ApiCharge, ApiRefund } from "../api/api_types.ts";
import { invalidRequest, missingParam } from "../api/errors.ts";
import { byId, created, listedIn } from "../api/list.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import * as p from "../api/params.ts";
import { empties, resource } from "../api/resource.ts";
import { withdrawRefund } from "../billing/balance_transactions.ts";
import { firstStatus, settlementOf } from "../billing/refund_settlement.ts";
import { catchUp, catchUpBanks } from "../billing/scheduler.ts";
import { withCustomer } from "../billing/subscription_actions.ts";
import type { BillingTransaction } from "../billing/transaction.ts";
import type { Context } from "../context.ts";
import { longId } from "../store/ids.ts";
import { nulls } from "../store/objects.ts";
import {
  BALANCE_TRANSACTION,
  CHARGE,
  CUSTOMER,
  DISPUTE,
  PAYMENT_INTENT,
  PAYMENT_METHOD,
  readParam,
  readPath,
  REFUND,
  type Settlement,
} from "../store/schema.ts";

const PARAMS = {
  amount: p.integer(1, 99_999_999),
  charge: p.text(255),
  metadata,
  payment_intent: p.text(255),
  reason: p.oneOf("duplicate", "fraudulent", "requested_by_customer"),
  refund_application_fee: p.boolean,
  reverse_transfer: p.boolean,
  ...p.gaps("currency", "customer", "instructions_email", "origin"),
};
type Creation = p.Read<typeof PARAMS>;

export const refunds = resource(REFUND, {
  path: "/v1/refunds",
  expand: {
    balance_transaction: BALANCE_TRANSACTION,
    charge: CHARGE,
    customer: CUSTOMER,
    failure_balance_transaction: BALANCE_TRANSACTION,
    payment_intent: PAYMENT_INTENT,
    payment_method: PAYMENT_METHOD,
    ...empties("source_transfer_reversal transfer_reversal"),
  },
  async refresh(context, id) {
    const { customer } = (await readPath(context, REFUND, id)).object;
    if (typeof customer === "string") await catchUp(context, customer);
  },
  list: {
    filters: {
      created,
      charge: byId(CHARGE, "refunds_by_charge"),
      payment_intent: listedIn("refunds_by_payment_intent"),
    },
    prepare: catchUpBanks,
  },
  create: {
    params: PARAMS,
    async run(context, params) {
      const { customer, id } = await chargeFor(context, params);
      if (customer === null) {
        return p.missing.read("", "refunds without customer");
      }
      return await withCustomer(context, customer, async (transaction) => {
        const { object: charge } = await transaction.need(CHARGE, id);
        return await refund(transaction, charge, params);
      });
    },
  },
});

async function chargeFor(
  context: Context,
  params: Pick<Creation, "charge" | "payment_intent">,
): Promise<ApiCharge> {
  const { charge: id, payment_intent: intent } = params;
  if (id !== undefined) {
    return (await readParam(context, CHARGE, { id, param: "charge" })).object;
  }
  if (intent === undefined) throw missingParam("payment_intent");
  const named = { id: intent, param: "payment_intent" };
  const { object } = await readParam(context, PAYMENT_INTENT, named);
  const charge = object.latest_charge === null
    ? null
    : await context.store.get(CHARGE, object.latest_charge);
  if (charge !== null && charge.object.paid) return charge.object;
  throw invalidRequest(
    `This PaymentIntent (${intent}) does not have a successful charge to refund.`,
  );
}

async function refund(
  transaction: BillingTransaction,
  charge: ApiCharge,
  params: Creation,
): Promise<ApiRefund> {
  await checkDisputes(transaction, charge);
  const left = charge.amount_captured - charge.amount_refunded;
  const amount = params.amount ?? left;
  checkAmount(charge, { amount, left });
  const settlement = await settlementOf(transaction, charge);
  const of = { amount, atSec: transaction.nowSec, params, settlement };
  const blank = newRefund(charge, of);
  const moved = withdrawRefund(transaction, blank, "refund");
  const made = transaction.insert(
    REFUND,
    { ...blank, balance_transaction: moved },
    settlement,
  );
  const refunded = charge.amount_refunded + amount;
  const after = transaction.change(CHARGE, {
    ...charge,
    amount_refunded: refunded,
    refunded: refunded === charge.amount_captured,
  });
  transaction.emit("refund.created", made);
  transaction.emit("charge.refunded", after);
  transaction.emit("refund.updated", made);
  transaction.emit("charge.refund.updated", made);
  return made;
}

// After a chargeback the bank already has the money.
async function checkDisputes(
  transaction: BillingTransaction,
  { id }: ApiCharge,
): Promise<void> {
  const disputes = await transaction.all(DISPUTE, ["disputes_by_charge", id]);
  if (disputes.every(({ object }) => object.is_charge_refundable)) return;
  throw invalidRequest(
    `Charge ${id} has been charged back; cannot issue a refund.`,
    { code: "charge_disputed" },
  );
}

function checkAmount(
  charge: ApiCharge,
  { amount, left }: { amount: number; left: number },
): void {
  if (!charge.paid) {
    throw invalidRequest(`Charge ${charge.id} has not been paid.`, {
      code: "charge_not_refundable",
      param: "charge",
    });
  }
  if (left === 0) {
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, {
      code: "charge_already_refunded",
    });
  }
  if (amount > left) {
    throw invalidRequest(
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`,
      { param: "amount" },
    );
  }
}

function newRefund(
  charge: ApiCharge,
  of: {
    amount: number;
    atSec: number;
    params: Creation;
    settlement: Settlement | null;
  },
): ApiRefund {
  const { amount, atSec, params, settlement } = of;
  return {
    id: longId("re"),
    object: "refund",
    amount,
    charge: charge.id,
    created: atSec,
    currency: charge.currency,
    customer: charge.customer,
    destination_details: {
      type: "card",
      card: {
        reference_status: "pending",
        reference_type: "acquirer_reference_number",
        type: "refund",
      },
    },
    metadata: mergeMetadata({}, params.metadata),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: params.reason ?? null,
    // deno-fmt-ignore: a list of names reads best filled
    ...nulls(
      "balance_transaction", "customer_account", "receipt_number", "source_transfer_reversal",
      "transfer_reversal",
    ),
    ...firstStatus(settlement),
  };
}
