import type { ApiDispute } from "../api/api_types.ts";
import { endpoint } from "../api/endpoint.ts";
import { byId, created, listedIn } from "../api/list.ts";
import { metadata } from "../api/metadata.ts";
import * as p from "../api/params.ts";
import { empties, resource } from "../api/resource.ts";
import { answerDispute, concede } from "../billing/dispute_lifecycle.ts";
import { catchUp, catchUpBanks } from "../billing/scheduler.ts";
import { withCustomer } from "../billing/subscription_actions.ts";
import type { BillingTransaction } from "../billing/transaction.ts";
import type { Context } from "../context.ts";
import {
  CHARGE,
  DISPUTE,
  PAYMENT_INTENT,
  readPath,
  type StoredDispute,
} from "../store/schema.ts";

// deno-fmt-ignore: a list of names reads best filled
const TEXTS = [
  "access_activity_log", "billing_address", "cancellation_policy_disclosure",
  "cancellation_rebuttal", "customer_email_address", "customer_name", "customer_purchase_ip",
  "duplicate_charge_explanation", "duplicate_charge_id", "product_description",
  "refund_policy_disclosure", "refund_refusal_explanation", "service_date", "shipping_address",
  "shipping_carrier", "shipping_date", "shipping_tracking_number", "uncategorized_text",
] as const;
type Texts = Record<typeof TEXTS[number], p.Reader<string | null>>;

// deno-fmt-ignore: a list of names reads best filled
const FILES = [
  "cancellation_policy", "customer_communication", "customer_signature",
  "duplicate_charge_documentation", "receipt", "refund_policy", "service_documentation",
  "shipping_documentation", "uncategorized_file",
] as const;

const EVIDENCE = p.fields({
  ...Object.fromEntries(
    TEXTS.map((name) => [name, p.nullable(p.text(20_000))]),
  ) as Texts,
  ...p.gaps(...FILES, "appeal", "enhanced_evidence"),
});

export const disputes = resource(DISPUTE, {
  path: "/v1/disputes",
  expand: {
    ...empties(...FILES.map((name) => `evidence.${name}`)),
    charge: CHARGE,
    payment_intent: PAYMENT_INTENT,
  },
  async refresh(context, id) {
    const { extra } = await readPath(context, DISPUTE, id);
    await catchUp(context, extra.customer);
  },
  list: {
    filters: {
      created,
      charge: byId(CHARGE, "disputes_by_charge"),
      payment_intent: listedIn("disputes_by_payment_intent"),
    },
    prepare: catchUpBanks,
  },
  update: {
    params: {
      evidence: EVIDENCE,
      metadata,
      submit: p.boolean,
      ...p.gaps("intended_submission_method"),
    },
    run(context, { submit, ...given }, id) {
      // By default evidence is submitted at once; metadata alone submits nothing.
      const submits = submit ?? given.evidence !== undefined;
      return onDispute(
        context,
        id,
        (transaction, stored) =>
          answerDispute(transaction, stored, { ...given, submits }),
      );
    },
  },
  routes: {
    "POST /*/close": endpoint({
      run: (context, _params, id) => onDispute(context, id, concede),
    }),
  },
});

async function onDispute(
  context: Context,
  id: string,
  work: (transaction: BillingTransaction, stored: StoredDispute) => ApiDispute,
): Promise<ApiDispute> {
  const { extra } = await readPath(context, DISPUTE, id);
  return await withCustomer(
    context,
    extra.customer,
    async (transaction) =>
      work(transaction, await transaction.need(DISPUTE, id)),
  );
}
