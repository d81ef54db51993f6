import type { Context } from "../context.ts";
import { endpoint } from "../api/endpoint.ts";
import { missingParam, noSuchParam } from "../api/errors.ts";
import { catchUp } from "../billing/scheduler.ts";
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
import * as p from "../api/params.ts";
import type { ApiInvoice, ApiSubscription } from "../api/api_types.ts";
import { mergeMetadata } from "../api/metadata.ts";
import { itemUpdateOf } from "./subscription_changes.ts";

const DETAILS = {
  billing_cycle_anchor: p.fields({
    type: p.required(p.only(["now", "unchanged"], ["timestamp"])),
    ...p.gaps("timestamp"),
  }),
  billing_mode: billingMode,
  cancel_now: p.boolean,
  items: changedItems,
  proration_behavior: prorationBehavior,
  proration_date: p.integer(0),
  trial_end: timeOrNow,
  // deno-fmt-ignore: a list of names reads best filled
  ...p.gaps(
    "billing_schedules", "cancel_at", "cancel_at_period_end", "default_tax_rates", "metadata",
    "pause", "resume_at", "start_date",
  ),
};
type Details = p.Read<typeof DETAILS>;

export const createPreview = endpoint({
  params: {
    currency: p.text(3),
    customer: p.text(255),
    preview_mode: p.oneOf("next", "recurring"),
    schedule: p.text(255),
    subscription: p.text(255),
    subscription_details: p.fields(DETAILS),
    // deno-fmt-ignore: a list of names reads best filled
    ...p.gaps(
      "automatic_tax", "customer_account", "customer_details", "discounts", "invoice_items",
      "issuer", "on_behalf_of", "schedule_details",
    ),
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
    return await previewChange(context, named, previewOf(details), mode);
  },
});

async function subscriptionFor(
  context: Context,
  { schedule, subscription }: { schedule?: string; subscription?: string },
): Promise<ApiSubscription | null> {
  let id: string | null | undefined = subscription;
  if (schedule !== undefined) {
    const named = { id: schedule, param: "schedule" };
    id = (await readParam(context, SCHEDULE, named)).object.subscription;
  }
  if (typeof id !== "string") return null;
  const named = { id, param: "subscription" };
  return (await readParam(context, SUBSCRIPTION, named)).object;
}

function previewOf(details: Details): PreviewWish {
  if (details.cancel_now) {
    const prorate = details.proration_behavior !== "none";
    return { kind: "cancel_now", prorate };
  }
  const { billing_cycle_anchor: anchor, items, trial_end: trialEnd } = details;
  if (typeof trialEnd === "number") {
    p.missing.read("", "subscription_details[trial_end] other than now");
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
      throw missingParam(param);
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
