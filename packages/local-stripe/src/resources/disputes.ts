import type { BillingTransaction } from "../billing/transaction.ts";
import { catchUp } from "../billing/scheduler.ts";
import { withCustomer } from "../billing/subscription_actions.ts";
import { answerDispute, concede } from "../billing/dispute_lifecycle.ts";
import type { Context } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { noSuchPath } from "../api/errors.ts";
import { boolean, missing } from "../api/params.ts";
import { EVIDENCE } from "./dispute_evidence.ts";
import { listOfCharges } from "./charge_lists.ts";
import { metadata } from "../api/metadata.ts";
import type { ApiDispute } from "../api/api_types.ts";
import { DISPUTE, type StoredDispute } from "../store/schema.ts";

export const retrieveDispute = endpoint({
  returns: "dispute",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    await catchUp(context, (await existing(context, id)).extra.customer);
    return (await existing(context, id)).object;
  },
});

export const updateDispute = endpoint({
  returns: "dispute",
  params: {
    evidence: EVIDENCE,
    intended_submission_method: missing,
    metadata,
    submit: boolean,
  },
  run(context, { submit, ...given }, ids) {
    // Evidence goes to the bank at once unless told otherwise; a note alone is nothing to send.
    const submits = submit ?? given.evidence !== undefined;
    return onDispute(
      context,
      onlyId(ids),
      (transaction, stored) =>
        answerDispute(transaction, stored, { ...given, submits }),
    );
  },
});

export const closeDispute = endpoint({
  returns: "dispute",
  params: {},
  run: (context, _params, ids) => onDispute(context, onlyId(ids), concede),
});

export const listDisputes = listOfCharges(DISPUTE, "disputes");

async function onDispute(
  context: Context,
  id: string,
  work: (transaction: BillingTransaction, stored: StoredDispute) => ApiDispute,
): Promise<ApiDispute> {
  const { customer } = (await existing(context, id)).extra;
  return await withCustomer(
    context,
    customer,
    async (transaction) =>
      work(transaction, await transaction.need(DISPUTE, id)),
  );
}

async function existing(context: Context, id: string): Promise<StoredDispute> {
  const stored = await context.store.get(DISPUTE, id);
  if (stored === null) throw noSuchPath(DISPUTE.noun, id);
  return stored;
}
