import type Stripe from "stripe";
import { invalidRequest, missingParam, noSuchParam } from "../errors.ts";
import {
  fields,
  integer,
  list,
  oneOf,
  required,
  text,
  url,
} from "../params.ts";
import type { ConfigurationRow } from "./portal_configurations.ts";

const id = text(255);
const SUBSCRIPTION_FLOWS = {
  subscription_cancel: fields({
    retention: fields({
      coupon_offer: required(fields({ coupon: required(id) })),
      type: required(oneOf("coupon_offer")),
    }),
    subscription: required(id),
  }),
  subscription_pause: fields({ subscription: required(id) }),
  subscription_update: fields({ subscription: required(id) }),
  subscription_update_confirm: fields({
    discounts: list(fields({ coupon: id, promotion_code: id }), 1),
    items: required(
      list(fields({ id: required(id), price: id, quantity: integer(0) }), 1),
    ),
    subscription: required(id),
  }),
};

/** The parameters of `flow_data`: a deep link into one part of the portal. */
export const FLOW = fields({
  ...SUBSCRIPTION_FLOWS,
  after_completion: fields({
    hosted_confirmation: fields({ custom_message: text(500) }),
    redirect: fields({ return_url: required(url) }),
    type: required(oneOf("hosted_confirmation", "portal_homepage", "redirect")),
  }),
  type: required(oneOf(
    "customer_update",
    "payment_method_update",
    "subscription_cancel",
    "subscription_pause",
    "subscription_update",
    "subscription_update_confirm",
  )),
});
type Flow = ReturnType<typeof FLOW.read>;

/**
 * A flow acts on one thing, so that the parameters for another one are a mistake.
 *
 * @throws {StripeProblem} 400 for that, for a missing subscription, and for a feature that is off.
 */
export function checkFlow(flow: Flow, configuration: ConfigurationRow): void {
  for (
    const type of Object.keys(
      SUBSCRIPTION_FLOWS,
    ) as (keyof typeof SUBSCRIPTION_FLOWS)[]
  ) {
    const param = `flow_data[${type}]`;
    const given = flow[type];
    if (type !== flow.type) {
      if (given === undefined) continue;
      throw invalidRequest(
        `${param} cannot be given with the flow type ${flow.type}.`,
        { param },
      );
    }
    if (given === undefined) throw missingParam(param);
    // There are no subscriptions here yet, so that every one of them is missing.
    throw noSuchParam(
      "subscription",
      given.subscription,
      `${param}[subscription]`,
    );
  }
  checkAfterCompletion(flow.after_completion);
  const { customer_update: details, payment_method_update: card } =
    configuration.object.features;
  const enabled = flow.type === "customer_update"
    ? details.enabled
    : card.enabled;
  if (!enabled) {
    throw invalidRequest(
      `The flow ${flow.type} cannot be used because that feature in the portal configuration is disabled.`,
      { param: "flow_data[type]" },
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

/** The flow as a session shows it: a slot for each sort, one of them filled. */
export function flowOf(flow: Flow): Stripe.BillingPortal.Session.Flow {
  const { type, hosted_confirmation: confirmation, redirect } =
    flow.after_completion ?? {};
  return {
    after_completion: {
      hosted_confirmation: confirmation
        ? { custom_message: confirmation.custom_message ?? null }
        : null,
      redirect: redirect ?? null,
      type: type ?? "hosted_confirmation",
    },
    customer_update: flow.type === "customer_update" ? {} : null,
    subscription_cancel: null,
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm: null,
    type: flow.type,
  };
}
