import type { Context } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, noSuchParam, noSuchPath } from "../api/errors.ts";
import { endNow } from "../billing/cancellation.ts";
import {
  catchUp,
  startSubscription,
  withSubscription,
} from "../billing/subscription_actions.ts";
import {
  billingMode,
  cancelAt,
  cancellationDetails,
  collectionMethod,
  newItems,
  paymentBehavior,
  prorationBehavior,
  SUBSCRIPTION_GAPS,
  timeOrNow,
  trialSettings,
} from "../billing/subscription_params.ts";
import { pause, resume } from "../billing/pause.ts";
import { withPrices } from "../billing/recurring_prices.ts";
import {
  CUSTOMER,
  readParam,
  type StoredSubscription,
  SUBSCRIPTION,
} from "../store/schema.ts";
import {
  boolean,
  fields,
  integer,
  missing,
  oneOf,
  type Read,
  required,
  text,
} from "../api/params.ts";
import { readAttached } from "./payment_method_attachment.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import { change, CHANGE_PARAMS } from "./subscription_changes.ts";
import type { ApiSubscription } from "../api/api_types.ts";

const CREATE_PARAMS = {
  ...SUBSCRIPTION_GAPS,
  backdate_start_date: missing,
  billing_cycle_anchor: missing,
  billing_cycle_anchor_config: missing,
  billing_mode: billingMode,
  cancel_at: cancelAt,
  cancel_at_period_end: boolean,
  collection_method: collectionMethod,
  currency: text(3),
  customer: required(text(255)),
  customer_account: missing,
  default_payment_method: text(255),
  description: text(500),
  items: required(newItems),
  metadata,
  off_session: boolean,
  payment_behavior: paymentBehavior,
  proration_behavior: prorationBehavior,
  trial_end: timeOrNow,
  trial_period_days: integer(1, 730),
  trial_settings: trialSettings,
};
type Creation = Read<typeof CREATE_PARAMS>;

export const createSubscription = endpoint({
  returns: "subscription",
  params: CREATE_PARAMS,
  async run(context, params) {
    await checkCreation(context, params);
    const begun = await startSubscription(context, startOf(params));
    const { cancel_at: at, cancel_at_period_end: atEnd } = params;
    if (at === undefined && !atEnd) return begun;
    const end = {
      ...(at !== undefined && { cancel_at: at }),
      ...(atEnd !== undefined && { cancel_at_period_end: atEnd }),
    };
    return await withSubscription(
      context,
      begun.id,
      (transaction, stored) => change(transaction, stored, end),
    );
  },
});

async function checkCreation(
  context: Context,
  params: Creation,
): Promise<void> {
  const { customer, default_payment_method: method } = params;
  await readParam(context, CUSTOMER, { id: customer, param: "customer" });
  if (method !== undefined) await checkMethod(context, method, customer);
  if (
    params.trial_end !== undefined && params.trial_period_days !== undefined
  ) {
    throw invalidRequest(
      "You may only specify one of these parameters: trial_end, trial_period_days.",
      { code: "parameters_exclusive", param: "trial_period_days" },
    );
  }
}

/** @throws {ApiError} 400 when a payment method is not this customer's. */
export async function checkMethod(
  context: Context,
  method: string,
  customer: string,
): Promise<void> {
  if (await readAttached(context, method, customer) !== null) return;
  throw noSuchParam("PaymentMethod", method, "default_payment_method");
}

function startOf(params: Creation): Parameters<typeof startSubscription>[1] {
  const { trial_period_days: days, trial_end: end } = params;
  const missingMethod = params.trial_settings?.end_behavior
    .missing_payment_method;
  const { default_payment_method: method, payment_behavior: behavior } = params;
  return {
    customer: params.customer,
    items: params.items.map(({ metadata: given, price, quantity }) => ({
      price,
      metadata: mergeMetadata({}, given),
      ...(quantity !== undefined && { quantity }),
    })),
    metadata: mergeMetadata({}, params.metadata),
    ...(params.description !== undefined &&
      { description: params.description }),
    ...(method !== undefined && { defaultPaymentMethod: method }),
    ...(behavior !== undefined && { paymentBehavior: behavior }),
    ...(missingMethod !== undefined && { missingPaymentMethod: missingMethod }),
    ...(days !== undefined && { trialPeriodDays: days }),
    ...(typeof end === "number" && { trialEndSec: end }),
  };
}

export const retrieveSubscription = endpoint({
  returns: "subscription",
  params: {},
  run: (context, _params, ids) => presentSubscription(context, onlyId(ids)),
});

/** A subscription as it is by now. */
export async function presentSubscription(
  context: Context,
  id: string,
): Promise<ApiSubscription> {
  const known = await context.store.get(SUBSCRIPTION, id);
  if (known === null) throw noSuchPath(SUBSCRIPTION.noun, id);
  await catchUp(context, known.object.customer);
  const stored = await context.store.get(SUBSCRIPTION, id) ?? known;
  return await withPrices(context, stored.object);
}

export const updateSubscription = endpoint({
  returns: "subscription",
  params: CHANGE_PARAMS,
  async run(context, params, ids) {
    const id = onlyId(ids);
    const { default_payment_method: method } = params;
    return await withSubscription(context, id, async (transaction, stored) => {
      const { customer } = stored.object;
      if (method) await checkMethod(context, method, customer);
      await change(transaction, stored, params);
    });
  },
});

export const cancelSubscriptionEndpoint = endpoint({
  returns: "subscription",
  params: {
    cancellation_details: cancellationDetails,
    invoice_now: boolean,
    prorate: boolean,
  },
  run(context, params, ids) {
    const { invoice_now: invoiceNow = false, prorate = false } = params;
    return withSubscription(
      context,
      onlyId(ids),
      async (transaction, stored) => {
        checkRunning(stored);
        await endNow(transaction, stored, {
          invoiceNow,
          prorate,
          cancellationDetails: params.cancellation_details ?? {},
        });
      },
    );
  },
});

function checkRunning({ object: { id, status } }: StoredSubscription): void {
  if (status !== "canceled" && status !== "incomplete_expired") return;
  throw noSuchPath(SUBSCRIPTION.noun, id);
}

export const pauseSubscriptionEndpoint = endpoint({
  returns: "subscription",
  params: {
    bill_for: fields({
      outstanding_usage_through: missing,
      unused_time_from: fields({
        type: required(oneOf("item_current_period_start", "none", "now")),
      }),
    }),
    invoicing_behavior: oneOf("invoice", "pending_invoice_item"),
    type: oneOf("subscription"),
  },
  run(context, params, ids) {
    const creditFrom = params.bill_for?.unused_time_from?.type;
    const invoicing = params.invoicing_behavior;
    return withSubscription(
      context,
      onlyId(ids),
      (transaction, stored) =>
        pause(transaction, stored, {
          ...(creditFrom !== undefined && { creditFrom }),
          ...(invoicing !== undefined && { invoicing }),
        }),
    );
  },
});

export const resumeSubscriptionEndpoint = endpoint({
  returns: "subscription",
  params: {
    billing_cycle_anchor: fields({
      type: required(oneOf("now", "unchanged")),
    }),
    payment_behavior: oneOf(
      "resume_on_payment_attempt",
      "resume_on_payment_success",
    ),
    proration_behavior: prorationBehavior,
    proration_date: integer(0),
  },
  run(context, params, ids) {
    const { payment_behavior: payment, proration_behavior: proration } = params;
    const { billing_cycle_anchor: anchor, proration_date: date } = params;
    return withSubscription(
      context,
      onlyId(ids),
      (transaction, stored) =>
        resume(transaction, stored, {
          ...(anchor !== undefined && { anchor: anchor.type }),
          ...(payment !== undefined && { paymentBehavior: payment }),
          ...(proration !== undefined && { prorationBehavior: proration }),
          ...(date !== undefined && { prorationSec: date }),
        }),
    );
  },
});
