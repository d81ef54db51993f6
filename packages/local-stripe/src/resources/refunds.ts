import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, missingParam, noSuchPath } from "../api/errors.ts";
import type { Context } from "../context.ts";
import type { BillingTransaction } from "../billing/transaction.ts";
import { catchUp } from "../billing/scheduler.ts";
import { withCustomer } from "../billing/subscription_actions.ts";
import { firstStatus, settlementOf } from "../billing/refund_settlement.ts";
import { longId } from "../store/ids.ts";
import {
  CHARGE,
  DISPUTE,
  PAYMENT_INTENT,
  readParam,
  REFUND,
  type Settlement,
} from "../store/schema.ts";
import {
  boolean,
  integer,
  missing,
  oneOf,
  type Read,
  text,
} from "../api/params.ts";
import { listOfCharges } from "./charge_lists.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import type { ApiCharge, ApiRefund } from "../api/api_types.ts";

const CREATE_PARAMS = {
  amount: integer(1, 99_999_999),
  charge: text(255),
  currency: missing,
  customer: missing,
  instructions_email: missing,
  metadata,
  origin: missing,
  payment_intent: text(255),
  reason: oneOf("duplicate", "fraudulent", "requested_by_customer"),
  refund_application_fee: boolean,
  reverse_transfer: boolean,
};

export const createRefund = endpoint({
  returns: "refund",
  params: CREATE_PARAMS,
  async run(context, params) {
    const known = await chargeFor(context, params);
    const { customer } = known;
    if (customer === null) return missing.read("", "refunds without customer");
    return await withCustomer(context, customer, async (transaction) => {
      const { object: charge } = await transaction.need(CHARGE, known.id);
      return await refund(transaction, charge, params);
    });
  },
});

async function chargeFor(
  context: Context,
  params: Pick<Read<typeof CREATE_PARAMS>, "charge" | "payment_intent">,
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
  params: Read<typeof CREATE_PARAMS>,
): Promise<ApiRefund> {
  await checkDisputes(transaction, charge);
  const left = charge.amount_captured - charge.amount_refunded;
  const amount = params.amount ?? left;
  checkAmount(charge, { amount, left });
  const settlement = await settlementOf(transaction, charge);
  const made = transaction.insert(
    REFUND,
    newRefund(charge, {
      amount,
      atSec: transaction.nowSec,
      params,
      settlement,
    }),
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

// The bank has taken the money already.
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
    params: Read<typeof CREATE_PARAMS>;
    settlement: Settlement | null;
  },
): ApiRefund {
  const { amount, atSec, params, settlement } = of;
  return {
    id: longId("re"),
    object: "refund",
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: atSec,
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
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
    receipt_number: null,
    source_transfer_reversal: null,
    transfer_reversal: null,
    ...firstStatus(settlement),
  };
}

export const retrieveRefund = endpoint({
  returns: "refund",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    const { customer } = await existing(context, id);
    if (typeof customer === "string") await catchUp(context, customer);
    return await existing(context, id);
  },
});

async function existing(context: Context, id: string): Promise<ApiRefund> {
  const stored = await context.store.get(REFUND, id);
  if (stored === null) throw noSuchPath(REFUND.noun, id);
  return stored.object;
}

export const listRefunds = listOfCharges(REFUND, "refunds");
