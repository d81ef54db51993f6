import type Stripe from "stripe";
import {
  fields,
  integer,
  list,
  oneOf,
  required,
  text,
  url,
} from "../api/params.ts";

const id = text(255);
/** The flows that act on a subscription, and what each has to be told. */
export const SUBSCRIPTION_FLOWS = {
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
export type Flow = ReturnType<typeof FLOW.read>;

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
    ...slotsOf(flow),
    type: flow.type,
  };
}

function slotsOf(flow: Flow) {
  const {
    subscription_cancel: cancel,
    subscription_pause: pause,
    subscription_update: update,
    subscription_update_confirm: confirm,
  } = flow;
  return {
    subscription_cancel: cancel
      ? { retention: null, subscription: cancel.subscription }
      : null,
    subscription_pause: pause ? { subscription: pause.subscription } : null,
    subscription_update: update ? { subscription: update.subscription } : null,
    subscription_update_confirm: confirm
      ? {
        discounts: null,
        items: confirm.items.map(({ id, price, quantity }) => ({
          id,
          price: price ?? null,
          ...(quantity !== undefined && { quantity }),
        })),
        subscription: confirm.subscription,
      }
      : null,
  };
}
