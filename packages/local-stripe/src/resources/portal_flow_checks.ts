import { catchUp } from "../billing/scheduler.ts";
import type { Context } from "../context.ts";
import {
  invalidRequest,
  missingParam,
  noSuchParam,
  notImplemented,
} from "../api/errors.ts";
import type { StoredConfiguration } from "./portal_configurations.ts";
import { type Flow, SUBSCRIPTION_FLOWS } from "./portal_flows.ts";
import type { ApiSubscription } from "../api/api_types.ts";
import { isLive, SUBSCRIPTION } from "../store/schema.ts";

/**
 * Checks the parameter `flow_data`.
 *
 * @throws {ApiError} 400 for parameters of another flow type, an unknown subscription, a disabled
 * feature, or a change that the state of the subscription does not allow.
 */
export async function checkFlow(
  context: Context,
  flow: Flow,
  of: { configuration: StoredConfiguration; customer: string },
): Promise<void> {
  const names = Object.keys(SUBSCRIPTION_FLOWS) as SubscriptionFlow[];
  for (const type of names) {
    const param = `flow_data[${type}]`;
    if (type === flow.type && flow[type] === undefined) {
      throw missingParam(param);
    }
    if (type !== flow.type && flow[type] !== undefined) {
      throw invalidRequest(
        `${param} cannot be given with the flow type ${flow.type}.`,
        { param },
      );
    }
  }
  checkAfterCompletion(flow.after_completion);
  const { type } = flow;
  if (type === "customer_update" || type === "payment_method_update") {
    return checkFeature(flow, of.configuration);
  }
  await checkSubscription(context, { ...of, flow, type });
}

/** A flow that acts on a subscription. */
export type SubscriptionFlow = keyof typeof SUBSCRIPTION_FLOWS;

/** The words of the error for a disabled feature. */
const DISABLED: Record<string, [verb: string, feature: string]> = {
  subscription_cancel: ["canceled", "cancellation"],
  subscription_pause: ["paused", "pause"],
  subscription_update: ["updated", "update"],
};

function checkFeature({ type }: Flow, { object }: StoredConfiguration): void {
  const name = type === "subscription_update_confirm"
    ? "subscription_update"
    : type;
  if (object.features[name].enabled) return;
  const [verb, feature] = DISABLED[name] ?? [];
  throw invalidRequest(
    verb === undefined
      ? `The flow ${type} cannot be used because that feature in the portal configuration is disabled.`
      : `This subscription cannot be ${verb} because the subscription ${feature} feature in the portal configuration is disabled.`,
    { param: "flow_data[type]" },
  );
}

async function checkSubscription(
  context: Context,
  of: {
    configuration: StoredConfiguration;
    customer: string;
    flow: Flow;
    type: SubscriptionFlow;
  },
): Promise<void> {
  const param = `flow_data[${of.type}]`;
  const id = of.flow[of.type]?.subscription ?? "";
  await catchUp(context, of.customer);
  const stored = await context.store.get(SUBSCRIPTION, id);
  if (stored === null || stored.object.customer !== of.customer) {
    throw noSuchParam("subscription", id, `${param}[subscription]`);
  }
  checkFeature(of.flow, of.configuration);
  const refusal = refusalFor(of.type, stored.object);
  if (refusal !== null) throw invalidRequest(refusal, { param });
  if (of.flow.subscription_cancel?.retention !== undefined) {
    throw notImplemented("coupons (flow_data[subscription_cancel][retention])");
  }
  const confirm = of.flow.subscription_update_confirm;
  if (confirm) checkConfirm(confirm, stored.object, of.configuration);
}

/** The reason why the state of a subscription does not allow a flow, or `null`. */
export function refusalFor(
  type: SubscriptionFlow,
  subscription: ApiSubscription,
): string | null {
  const { id, cancel_at: end, items, schedule, status } = subscription;
  if (!isLive(subscription)) {
    return `This subscription cannot be changed because it is ${status}.`;
  }
  if (type === "subscription_cancel" && end !== null) {
    return `The subscription ${id} is already set to be canceled.`;
  }
  if (schedule !== null) {
    return `This subscription cannot be changed because it is managed by the subscription schedule ${schedule}.`;
  }
  if (type === "subscription_cancel") return null;
  if (type === "subscription_pause") {
    return ["active", "past_due"].includes(status)
      ? null
      : `This subscription cannot be paused because it is ${status}.`;
  }
  if (items.data.length > 1) {
    return "This subscription cannot be updated because it contains multiple products.";
  }
  return ["active", "past_due", "trialing", "unpaid"].includes(status)
    ? null
    : `This subscription cannot be updated because it is ${status}.`;
}

function checkConfirm(
  { discounts, items }: NonNullable<Flow["subscription_update_confirm"]>,
  subscription: ApiSubscription,
  { extra, object }: StoredConfiguration,
): void {
  const at = "flow_data[subscription_update_confirm]";
  if (discounts !== undefined) throw notImplemented(`${at}[discounts]`);
  const [change] = items;
  if (change === undefined) throw missingParam(`${at}[items]`);
  const item = subscription.items.data.find(({ id }) => id === change.id);
  if (item === undefined) {
    throw noSuchParam("subscription item", change.id, `${at}[items][0][id]`);
  }
  const { price = item.price.id, quantity = item.quantity } = change;
  if (price === item.price.id && quantity === item.quantity) {
    throw invalidRequest(
      `The subscription update cannot be confirmed: there are no changes to confirm.`,
      { param: `${at}[items]` },
    );
  }
  const allowed = object.features.subscription_update.default_allowed_updates;
  const listed = extra.products.some(({ prices }) => prices.includes(price));
  if (price !== item.price.id && (!listed || !allowed.includes("price"))) {
    throw invalidRequest(
      `The price ${price} is not one that the portal configuration lets customers change to.`,
      { param: `${at}[items][0][price]` },
    );
  }
  if (quantity !== item.quantity && !allowed.includes("quantity")) {
    throw invalidRequest(
      "The portal configuration does not let customers change quantities.",
      { param: `${at}[items][0][quantity]` },
    );
  }
}

function checkAfterCompletion(after: Flow["after_completion"]): void {
  const at = "flow_data[after_completion]";
  if (after?.type === "redirect" && after.redirect === undefined) {
    throw missingParam(`${at}[redirect]`);
  }
  const other = after?.type === "redirect" ? "hosted_confirmation" : "redirect";
  if (after && after.type !== "portal_homepage" && after[other] !== undefined) {
    throw invalidRequest(
      `${at}[${other}] cannot be given with the type ${after.type}.`,
      {
        param: `${at}[${other}]`,
      },
    );
  }
}
