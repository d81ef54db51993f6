import { endpoint } from "../api/endpoint.ts";
import { noSuchParam } from "../api/errors.ts";
import { catchUp, catchUpAll } from "../billing/subscription_actions.ts";
import { withPrices } from "../billing/recurring_prices.ts";
import { lastPeriodEnd } from "../billing/renewal.ts";
import { CUSTOMER, SUBSCRIPTION } from "../store/schema.ts";
import { PAGE, page, range, within } from "../api/pagination.ts";
import { missing, oneOf, type Read, text } from "../api/params.ts";
import type { ApiSubscription } from "../api/api_types.ts";

const STATUSES = [
  "active",
  "all",
  "canceled",
  "ended",
  "incomplete",
  "incomplete_expired",
  "past_due",
  "paused",
  "trialing",
  "unpaid",
] as const;

const LIST_PARAMS = {
  ...PAGE,
  automatic_tax: missing,
  collection_method: oneOf("charge_automatically", "send_invoice"),
  created: range,
  current_period_end: range,
  current_period_start: range,
  customer: text(255),
  customer_account: missing,
  plan: text(255),
  price: text(255),
  status: oneOf(...STATUSES),
  test_clock: text(255),
};

export const listSubscriptions = endpoint({
  returns: "subscription",
  many: true,
  params: LIST_PARAMS,
  async run(context, params) {
    const { customer } = params;
    if (customer === undefined) await catchUpAll(context);
    else {
      if (await context.store.get(CUSTOMER, customer) === null) {
        throw noSuchParam(CUSTOMER.noun, customer, "customer");
      }
      await catchUp(context, customer);
    }
    const found = await page(context.store, {
      collection: SUBSCRIPTION,
      list: customer === undefined
        ? ["subscriptions"]
        : ["subscriptions_by_customer", customer],
      params,
      url: "/v1/subscriptions",
      matches: (one) => isWanted(one, params),
    });
    const data = await Promise.all(
      found.data.map((one) => withPrices(context, one)),
    );
    return { ...found, data };
  },
});

function isWanted(
  one: ApiSubscription,
  params: Read<typeof LIST_PARAMS>,
): boolean {
  const { collection_method: method, price = params.plan } = params;
  const starts = one.items.data.map((item) => item.current_period_start);
  return hasStatus(one, params.status) &&
    (method === undefined || method === one.collection_method) &&
    (params.test_clock === undefined || params.test_clock === one.test_clock) &&
    within(lastPeriodEnd(one), params.current_period_end ?? {}) &&
    within(Math.min(...starts), params.current_period_start ?? {}) &&
    (price === undefined ||
      one.items.data.some((item) => item.price.id === price));
}

function hasStatus(
  { status }: ApiSubscription,
  wanted: typeof STATUSES[number] | undefined,
): boolean {
  if (wanted === undefined) return status !== "canceled";
  if (wanted === "all") return true;
  if (wanted !== "ended") return status === wanted;
  return status === "canceled" || status === "incomplete_expired";
}
