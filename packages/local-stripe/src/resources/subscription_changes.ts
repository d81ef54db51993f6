import { invalidRequest, missingParam } from "../api/errors.ts";
import type { BillingTransaction } from "../billing/transaction.ts";
import { replaceDiscounts } from "../billing/discounts.ts";
import { automaticTax as automaticTaxOf } from "../billing/subscription_objects.ts";
import { checkTaxLocation } from "../billing/taxes.ts";
import { planEnd } from "../billing/cancellation.ts";
import {
  type ItemChange,
  type ItemUpdate,
  updateItems,
} from "../billing/item_updates.ts";
import {
  automaticTax,
  cancelAt,
  cancellationDetails,
  changedItems,
  checkItems,
  collectionMethod,
  discounts,
  paymentBehavior,
  prorationBehavior,
  SUBSCRIPTION_GAPS,
  timeOrNow,
  trialSettings,
} from "../billing/subscription_params.ts";
import { findSubscription } from "../billing/recurring_prices.ts";
import { endTrial } from "../billing/renewal.ts";
import * as p from "../api/params.ts";
import { merge } from "../api/merge.ts";
import { nulls } from "../store/objects.ts";
import { metadata } from "../api/metadata.ts";
import type { ApiSubscription } from "../api/api_types.ts";
import {
  isLive,
  type StoredSubscription,
  SUBSCRIPTION,
} from "../store/schema.ts";

/** The parameters of an update. */
export const CHANGE_PARAMS = {
  ...SUBSCRIPTION_GAPS,
  automatic_tax: automaticTax,
  billing_cycle_anchor: p.fields({
    type: p.required(p.oneOf("now", "unchanged")),
  }),
  cancel_at: p.nullable(cancelAt),
  cancel_at_period_end: p.boolean,
  cancellation_details: cancellationDetails,
  collection_method: collectionMethod,
  default_payment_method: p.nullable(p.text(255)),
  description: p.nullable(p.text(500)),
  discounts,
  items: changedItems,
  metadata,
  off_session: p.boolean,
  payment_behavior: paymentBehavior,
  proration_behavior: prorationBehavior,
  proration_date: p.integer(0),
  trial_end: timeOrNow,
  trial_settings: trialSettings,
  ...p.gaps("pause_collection"),
};
type SubscriptionChange = p.Read<typeof CHANGE_PARAMS>;

/**
 * Applies an update: first the subscription's own fields, then its items, then its trial.
 *
 * @throws {ApiError} 400 for most changes of a subscription that has ended.
 */
export async function change(
  transaction: BillingTransaction,
  stored: StoredSubscription,
  params: SubscriptionChange,
): Promise<void> {
  if (!isLive(stored.object)) checkEnded(params);
  const before = stored.object;
  if (params.automatic_tax?.enabled) {
    checkTaxLocation(await transaction.customer());
  }
  const discounted = {
    ...before,
    discounts: params.discounts === undefined
      ? before.discounts
      : await replaceDiscounts(transaction, before, params.discounts),
  };
  const after = transaction.change(
    SUBSCRIPTION,
    withEnd(transaction, withFields(discounted, params), params),
  );
  transaction.emitUpdate("customer.subscription.updated", before, after);
  await changeItems(transaction, { ...stored, object: after }, params);
  if (params.trial_end !== undefined) {
    await moveTrial(transaction, before.id, params.trial_end);
  }
}

function checkEnded(params: SubscriptionChange): void {
  const allowed = ["metadata", "cancellation_details"];
  if (Object.keys(params).every((name) => allowed.includes(name))) return;
  throw invalidRequest(
    "A canceled subscription can only update its cancellation_details and metadata.",
    { code: "invalid_canceled_subscription_fields" },
  );
}

function withFields(
  before: ApiSubscription,
  params: SubscriptionChange,
): ApiSubscription {
  const { automatic_tax: tax, default_payment_method, description, metadata } =
    params;
  const settings = params.trial_settings?.end_behavior;
  const end = settings && { ...settings, billing_cycle_anchor: null };
  return merge(before, {
    default_payment_method,
    description,
    metadata,
    automatic_tax: tax && automaticTaxOf(tax.enabled),
    ...(end && { trial_settings: { end_behavior: end } }),
  });
}

function withEnd(
  transaction: BillingTransaction,
  subscription: ApiSubscription,
  params: SubscriptionChange,
): ApiSubscription {
  const { cancel_at: at, cancel_at_period_end: atEnd } = params;
  const { cancellation_details: details } = params;
  const described = details === undefined ? subscription : {
    ...subscription,
    cancellation_details: {
      ...nulls("comment", "feedback", "feedback_option", "reason"),
      ...subscription.cancellation_details,
      ...details,
    },
  };
  if (atEnd && at) {
    throw invalidRequest(
      "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
      { code: "parameters_exclusive", param: "cancel_at" },
    );
  }
  const prorates = params.proration_behavior !== "none";
  const of = { prorates, cancellationDetails: details ?? {} };
  if (at !== undefined) return planEnd(transaction, described, { ...of, at });
  if (atEnd === undefined || atEnd === described.cancel_at_period_end) {
    return described;
  }
  const planned = atEnd ? "period_end" : null;
  return planEnd(transaction, described, { ...of, at: planned });
}

async function changeItems(
  transaction: BillingTransaction,
  stored: StoredSubscription,
  params: SubscriptionChange,
): Promise<void> {
  const anchorNow = params.billing_cycle_anchor?.type === "now";
  if (params.items === undefined && !anchorNow) return;
  if (stored.object.schedule !== null) {
    p.missing.read("", "items, for a subscription that a schedule manages");
  }
  await updateItems(transaction, stored, itemUpdateOf(params));
}

/** Converts parameters to an update of the items. */
export function itemUpdateOf(
  params: Pick<
    SubscriptionChange,
    | "billing_cycle_anchor"
    | "items"
    | "payment_behavior"
    | "proration_behavior"
    | "proration_date"
  >,
): ItemUpdate {
  const { items = [] } = params;
  checkItems(items);
  return {
    items: items as ItemChange[],
    anchorNow: params.billing_cycle_anchor?.type === "now",
    ...p.given({
      paymentBehavior: params.payment_behavior,
      prorationBehavior: params.proration_behavior,
      prorationSec: params.proration_date,
    }),
  };
}

async function moveTrial(
  transaction: BillingTransaction,
  id: string,
  end: number | "now",
): Promise<void> {
  const stored = await findSubscription(transaction, id);
  if (stored === null) throw missingParam("trial_end");
  const { object } = stored;
  if (object.status !== "trialing") {
    if (end === "now") return;
    p.missing.read("", "trial_end for a subscription that is not in a trial");
  }
  if (end === "now" || end <= transaction.nowSec) {
    return await endTrial(transaction, stored, { billNow: true });
  }
  const data = object.items.data.map((item) => ({
    ...item,
    current_period_end: end,
  }));
  const after = transaction.change(SUBSCRIPTION, {
    ...object,
    billing_cycle_anchor: end,
    items: { ...object.items, data },
    trial_end: end,
  });
  transaction.emitUpdate("customer.subscription.updated", object, after);
}
