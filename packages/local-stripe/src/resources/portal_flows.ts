import type Stripe from "stripe";
import * as p from "../api/params.ts";

const id = p.text(255);

/** The parameters of the flows that act on a subscription. */
export const SUBSCRIPTION_FLOWS = {
  subscription_cancel: p.fields({
    retention: p.fields({
      coupon_offer: p.required(p.fields({ coupon: p.required(id) })),
      type: p.required(p.oneOf("coupon_offer")),
    }),
    subscription: p.required(id),
  }),
  subscription_pause: p.fields({ subscription: p.required(id) }),
  subscription_update: p.fields({ subscription: p.required(id) }),
  subscription_update_confirm: p.fields({
    discounts: p.list(p.fields({ coupon: id, promotion_code: id }), 1),
    items: p.required(
      p.list(
        p.fields({ id: p.required(id), price: id, quantity: p.integer(0) }),
        1,
      ),
    ),
    subscription: p.required(id),
  }),
};

/** The parameters of `flow_data`: a deep link into one part of the portal. */
export const FLOW = p.fields({
  ...SUBSCRIPTION_FLOWS,
  after_completion: p.fields({
    hosted_confirmation: p.fields({ custom_message: p.text(500) }),
    redirect: p.fields({ return_url: p.required(p.url) }),
    type: p.required(
      p.oneOf("hosted_confirmation", "portal_homepage", "redirect"),
    ),
  }),
  type: p.required(p.oneOf(
    "customer_update",
    "payment_method_update",
    "subscription_cancel",
    "subscription_pause",
    "subscription_update",
    "subscription_update_confirm",
  )),
});
export type Flow = ReturnType<typeof FLOW.read>;

/** The flow as a session shows it: a field per type, of which one is set. */
export function flowOf(flow: Flow): Stripe.BillingPortal.Session.Flow {
  const { after_completion: after, subscription_cancel: cancel, type } = flow;
  const message = after?.hosted_confirmation;
  const confirm = flow.subscription_update_confirm;
  return {
    after_completion: {
      hosted_confirmation: message
        ? { custom_message: message.custom_message ?? null }
        : null,
      redirect: after?.redirect ?? null,
      type: after?.type ?? "hosted_confirmation",
    },
    customer_update: type === "customer_update" ? {} : null,
    subscription_cancel: cancel
      ? { retention: null, subscription: cancel.subscription }
      : null,
    subscription_pause: flow.subscription_pause ?? null,
    subscription_update: flow.subscription_update ?? null,
    subscription_update_confirm: confirm
      ? {
        discounts: null,
        items: confirm.items.map((item) => ({ price: null, ...item })),
        subscription: confirm.subscription,
      }
      : null,
    type,
  };
}
