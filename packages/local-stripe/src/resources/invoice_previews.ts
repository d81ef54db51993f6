import type { Context } from "../context.ts";
import { endpoint } from "../api/endpoint.ts";
import { invalidRequest, missingParam, noSuchParam } from "../api/errors.ts";
import { catchUp } from "../billing/subscription_actions.ts";
import {
  billingMode,
  changedItems,
  prorationBehavior,
  timeOrNow,
} from "../billing/subscription_params.ts";
import {
  noneUpcoming,
  previewChange,
  previewStart,
  type PreviewWish,
} from "../billing/preview.ts";
import {
  CUSTOMER,
  readParam,
  SCHEDULE,
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
import type { ApiInvoice, ApiSubscription } from "../api/api_types.ts";
import { mergeMetadata } from "../api/metadata.ts";
import { itemUpdateOf } from "./subscription_changes.ts";

const DETAILS = {
  billing_cycle_anchor: fields({ type: required(oneOf("now", "unchanged")) }),
  billing_mode: billingMode,
  billing_schedules: missing,
  cancel_at: missing,
  cancel_at_period_end: missing,
  cancel_now: boolean,
  default_tax_rates: missing,
  items: changedItems,
  metadata: missing,
  pause: missing,
  proration_behavior: prorationBehavior,
  proration_date: integer(0),
  resume_at: missing,
  start_date: missing,
  trial_end: timeOrNow,
};
type Details = Read<typeof DETAILS>;

export const createPreview = endpoint({
  returns: "invoice",
  params: {
    automatic_tax: missing,
    currency: text(3),
    customer: text(255),
    customer_account: missing,
    customer_details: missing,
    discounts: missing,
    invoice_items: missing,
    issuer: missing,
    on_behalf_of: missing,
    preview_mode: oneOf("next", "recurring"),
    schedule: text(255),
    schedule_details: missing,
    subscription: text(255),
    subscription_details: fields(DETAILS),
  },
  async run(context, params) {
    const { customer, preview_mode: mode, subscription_details: details = {} } =
      params;
    if (customer !== undefined) {
      await readParam(context, CUSTOMER, { id: customer, param: "customer" });
      await catchUp(context, customer);
    }
    const named = await subscriptionFor(context, params);
    if (named === null) return await previewNew(context, customer, details);
    if (customer !== undefined && customer !== named.customer) {
      throw noSuchParam(SUBSCRIPTION.noun, named.id, "subscription");
    }
    await catchUp(context, named.customer);
    return await previewChange(context, named, wishOf(details), mode);
  },
});

async function subscriptionFor(
  context: Context,
  params: { schedule?: string; subscription?: string },
): Promise<ApiSubscription | null> {
  const { schedule, subscription } = params;
  const id = schedule === undefined ? subscription : (await readParam(
    context,
    SCHEDULE,
    { id: schedule, param: "schedule" },
  )).object.subscription ?? undefined;
  if (id === undefined) return null;
  const named = { id, param: "subscription" };
  return (await readParam(context, SUBSCRIPTION, named)).object;
}

function wishOf(details: Details): PreviewWish {
  if (details.cancel_now) {
    const prorate = details.proration_behavior !== "none";
    return { kind: "cancel_now", prorate };
  }
  const { billing_cycle_anchor: anchor, items, trial_end: trialEnd } = details;
  if (typeof trialEnd === "number") {
    missing.read("", "subscription_details[trial_end] other than now");
  }
  if (items !== undefined || anchor?.type === "now") {
    const endTrial = trialEnd === "now";
    return { kind: "switch", wish: { ...itemUpdateOf(details), endTrial } };
  }
  return { kind: trialEnd === "now" ? "trial_ends" : "nothing" };
}

async function previewNew(
  context: Context,
  customer: string | undefined,
  { items, trial_end: end }: Details,
): Promise<ApiInvoice> {
  if (customer === undefined) throw missingParam("customer");
  if (items === undefined) throw noneUpcoming();
  const chosen = items.map(({ metadata, price, quantity }, place) => {
    const param = `subscription_details[items][${place}][price]`;
    if (price === undefined) {
      throw invalidRequest(`Missing required param: ${param}.`, {
        code: "parameter_missing",
        param,
      });
    }
    return {
      price,
      metadata: mergeMetadata({}, metadata),
      ...(quantity !== undefined && { quantity }),
    };
  });
  return await previewStart(context, customer, {
    items: chosen,
    ...(typeof end === "number" && { trialEndSec: end }),
  });
}
