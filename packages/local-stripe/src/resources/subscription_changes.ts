import { invalidRequest, missingParam } from "../api/errors.ts";
import type { BillingTransaction } from "../billing/transaction.ts";
import { planEnd } from "../billing/cancellation.ts";
import { type ItemUpdate, updateItems } from "../billing/item_updates.ts";
import type { ItemChange } from "../billing/item_changes.ts";
import {
  cancelAt,
  cancellationDetails,
  changedItems,
  checkItems,
  collectionMethod,
  paymentBehavior,
  prorationBehavior,
  SUBSCRIPTION_GAPS,
  timeOrNow,
  trialSettings,
} from "../billing/subscription_params.ts";
import { findSubscription } from "../billing/recurring_prices.ts";
import { endTrial } from "../billing/renewal.ts";
import {
  boolean,
  fields,
  integer,
  missing,
  nullable,
  oneOf,
  type Read,
  required,
  text,
} from "../api/params.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import type { ApiSubscription } from "../api/api_types.ts";
import {
  isLive,
  type StoredSubscription,
  SUBSCRIPTION,
} from "../store/schema.ts";

/** What may be changed of a subscription. */
export const CHANGE_PARAMS = {
  ...SUBSCRIPTION_GAPS,
  billing_cycle_anchor: fields({ type: required(oneOf("now", "unchanged")) }),
  cancel_at: nullable(cancelAt),
  cancel_at_period_end: boolean,
  cancellation_details: cancellationDetails,
  collection_method: collectionMethod,
  default_payment_method: nullable(text(255)),
  description: nullable(text(500)),
  items: changedItems,
  metadata,
  off_session: boolean,
  pause_collection: missing,
  payment_behavior: paymentBehavior,
  proration_behavior: prorationBehavior,
  proration_date: integer(0),
  trial_end: timeOrNow,
  trial_settings: trialSettings,
};
export type SubscriptionChange = Read<typeof CHANGE_PARAMS>;

/**
 * Changes a subscription as the API's update says: first what it says of itself, then what it is
 * to, then its trial.
 *
 * @throws {ApiError} 400 for most changes of one that has ended.
 */
export async function change(
  transaction: BillingTransaction,
  stored: StoredSubscription,
  params: SubscriptionChange,
): Promise<void> {
  if (!isLive(stored.object)) checkEnded(params);
  const before = stored.object;
  const after = transaction.change(
    SUBSCRIPTION,
    withEnd(transaction, withFields(before, params), params),
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
  const { default_payment_method: method, description } = params;
  const settings = params.trial_settings?.end_behavior;
  return {
    ...before,
    metadata: mergeMetadata(before.metadata, params.metadata),
    ...(method !== undefined && { default_payment_method: method }),
    ...(description !== undefined && { description }),
    ...(settings !== undefined && {
      trial_settings: {
        end_behavior: { ...settings, billing_cycle_anchor: null },
      },
    }),
  };
}

function withEnd(
  transaction: BillingTransaction,
  subscription: ApiSubscription,
  params: SubscriptionChange,
): ApiSubscription {
  const { cancel_at: at, cancel_at_period_end: atEnd } = params;
  const { cancellation_details: said } = params;
  const spoken = said === undefined ? subscription : {
    ...subscription,
    cancellation_details: {
      comment: null,
      feedback: null,
      feedback_option: null,
      reason: null,
      ...subscription.cancellation_details,
      ...said,
    },
  };
  if (atEnd && at) {
    throw invalidRequest(
      "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
      { code: "parameters_exclusive", param: "cancel_at" },
    );
  }
  const prorates = params.proration_behavior !== "none";
  const of = { prorates, cancellationDetails: said ?? {} };
  if (at !== undefined) return planEnd(transaction, spoken, { ...of, at });
  if (atEnd === undefined || atEnd === spoken.cancel_at_period_end) {
    return spoken;
  }
  const planned = atEnd ? "period_end" : null;
  return planEnd(transaction, spoken, { ...of, at: planned });
}

async function changeItems(
  transaction: BillingTransaction,
  stored: StoredSubscription,
  params: SubscriptionChange,
): Promise<void> {
  const anchorNow = params.billing_cycle_anchor?.type === "now";
  if (params.items === undefined && !anchorNow) return;
  if (stored.object.schedule !== null) {
    missing.read("", "items, for a subscription that a schedule manages");
  }
  await updateItems(transaction, stored, itemUpdateOf(params));
}

/** What the API's parameters ask to be changed of the items. */
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
  const { payment_behavior: payment, proration_behavior: behavior } = params;
  const { items = [], proration_date: date } = params;
  checkItems(items);
  return {
    items: items as ItemChange[],
    anchorNow: params.billing_cycle_anchor?.type === "now",
    ...(payment !== undefined && { paymentBehavior: payment }),
    ...(behavior !== undefined && { prorationBehavior: behavior }),
    ...(date !== undefined && { prorationSec: date }),
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
    missing.read("", "trial_end for a subscription that is not in a trial");
  }
  if (end === "now" || end <= transaction.nowSec) {
    return await endTrial(transaction, stored, { billNow: true });
  }
  const at = end;
  const data = object.items.data.map((item) => ({
    ...item,
    current_period_end: at,
  }));
  const after = transaction.change(SUBSCRIPTION, {
    ...object,
    billing_cycle_anchor: at,
    items: { ...object.items, data },
    trial_end: at,
  });
  transaction.emitUpdate("customer.subscription.updated", object, after);
}
