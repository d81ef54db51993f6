import { operation } from "../api/endpoint.ts";
import { exclusiveParams, invalidRequest } from "../api/errors.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import * as p from "../api/params.ts";
import { customerNow } from "../billing/customer_account.ts";
import { checkTaxLocation } from "../billing/taxes.ts";
import { boundary } from "../billing/periods.ts";
import {
  startSubscription,
  withSubscription,
} from "../billing/subscription_actions.ts";
import {
  automaticTax,
  billingMode,
  cancelAt,
  collectionMethod,
  discounts,
  newItems,
  paymentBehavior,
  prorationBehavior,
  SUBSCRIPTION_GAPS,
  timeOrNow,
  trialSettings,
} from "../billing/subscription_params.ts";
import type { Context } from "../context.ts";
import { CUSTOMER, readParam } from "../store/schema.ts";
import { checkMethod } from "./payment_method_attachment.ts";
import { change } from "./subscription_changes.ts";

const TWO_YEARS = { interval: "year", interval_count: 2 };

const CREATE_PARAMS = {
  ...SUBSCRIPTION_GAPS,
  automatic_tax: automaticTax,
  billing_mode: billingMode,
  cancel_at: cancelAt,
  cancel_at_period_end: p.boolean,
  collection_method: collectionMethod,
  currency: p.text(3),
  customer: p.required(p.text(255)),
  default_payment_method: p.text(255),
  description: p.text(500),
  discounts,
  items: p.required(newItems),
  metadata,
  off_session: p.boolean,
  payment_behavior: paymentBehavior,
  proration_behavior: prorationBehavior,
  trial_end: timeOrNow,
  trial_period_days: p.integer(1, 730),
  trial_settings: trialSettings,
  // deno-fmt-ignore: a list of names reads best filled
  ...p.gaps(
    "backdate_start_date", "billing_cycle_anchor", "billing_cycle_anchor_config",
    "customer_account",
  ),
};
type Creation = p.Read<typeof CREATE_PARAMS>;

export const createSubscription = operation({
  params: CREATE_PARAMS,
  async run(context, params) {
    await checkCreation(context, params);
    const subscription = await startSubscription(context, startOf(params));
    const { cancel_at, cancel_at_period_end } = params;
    if (cancel_at === undefined && !cancel_at_period_end) return subscription;
    const end = p.given({ cancel_at, cancel_at_period_end });
    return await withSubscription(
      context,
      subscription.id,
      (transaction, stored) => change(transaction, stored, end),
    );
  },
});

async function checkCreation(
  context: Context,
  params: Creation,
): Promise<void> {
  const { customer, default_payment_method: method } = params;
  const named = { id: customer, param: "customer" };
  const { object } = await readParam(context, CUSTOMER, named);
  if (params.automatic_tax?.enabled) checkTaxLocation(object);
  if (method !== undefined) await checkMethod(context, method, customer);
  if (
    params.trial_end !== undefined && params.trial_period_days !== undefined
  ) {
    throw exclusiveParams("trial_end", "trial_period_days");
  }
  if (typeof params.trial_end !== "number") return;
  const nowSec = await customerNow(context, customer);
  const message = params.trial_end <= nowSec
    ? "Invalid timestamp: `trial_end` must be an integer Unix timestamp in the future."
    : params.trial_end > boundary(nowSec, TWO_YEARS, 1)
    ? "Invalid timestamp: `trial_end` can be no more than two years in the future."
    : null;
  if (message !== null) throw invalidRequest(message, { param: "trial_end" });
}

function startOf(params: Creation): Parameters<typeof startSubscription>[1] {
  const { trial_end: end } = params;
  return {
    customer: params.customer,
    items: params.items.map(({ metadata: given, price, quantity }) => ({
      price,
      metadata: mergeMetadata({}, given),
      ...p.given({ quantity }),
    })),
    metadata: mergeMetadata({}, params.metadata),
    ...p.given({
      automaticTax: params.automatic_tax?.enabled,
      description: params.description,
      redeems: params.discounts,
      defaultPaymentMethod: params.default_payment_method,
      missingPaymentMethod: params.trial_settings?.end_behavior
        .missing_payment_method,
      paymentBehavior: params.payment_behavior,
      trialPeriodDays: params.trial_period_days,
      trialEndSec: typeof end === "number" ? end : undefined,
    }),
  };
}
