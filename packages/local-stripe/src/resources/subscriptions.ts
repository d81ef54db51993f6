import type { ApiSubscription } from "../api/api_types.ts";
import { endpoint } from "../api/endpoint.ts";
import { noSuchPath } from "../api/errors.ts";
import { byId, created, filter } from "../api/list.ts";
import { range, within } from "../api/pagination.ts";
import * as p from "../api/params.ts";
import { resource } from "../api/resource.ts";
import { endNow } from "../billing/cancellation.ts";
import { pause, resume } from "../billing/pause.ts";
import { withPrices } from "../billing/recurring_prices.ts";
import { lastPeriodEnd } from "../billing/renewal.ts";
import { catchUp, catchUpAll } from "../billing/scheduler.ts";
import { withSubscription } from "../billing/subscription_actions.ts";
import {
  cancellationDetails,
  prorationBehavior,
} from "../billing/subscription_params.ts";
import type { Context } from "../context.ts";
import {
  CUSTOMER,
  DISCOUNT,
  INVOICE,
  isLive,
  PAYMENT_METHOD,
  PRICE,
  readPath,
  SCHEDULE,
  SUBSCRIPTION,
  TEST_CLOCK,
} from "../store/schema.ts";
import { checkMethod } from "./payment_method_attachment.ts";
import { change, CHANGE_PARAMS } from "./subscription_changes.ts";
import { createSubscription } from "./subscription_creation.ts";

const PRICE_FILTER = filter(
  p.text(255),
  ({ items }: ApiSubscription, wanted) =>
    items.data.some(({ price }) => price.id === wanted),
);

// deno-fmt-ignore: a list of names reads best filled
const STATUS = p.oneOf(
  "active", "all", "canceled", "ended", "incomplete", "incomplete_expired", "past_due", "paused",
  "trialing", "unpaid",
);

export const subscriptions = resource(SUBSCRIPTION, {
  path: "/v1/subscriptions",
  expand: {
    application: "empty",
    customer: CUSTOMER,
    default_payment_method: PAYMENT_METHOD,
    default_source: "empty",
    discounts: DISCOUNT,
    items: { list: "subscription_item" },
    latest_invoice: INVOICE,
    on_behalf_of: "empty",
    pending_setup_intent: "empty",
    schedule: SCHEDULE,
    test_clock: TEST_CLOCK,
  },
  types: {
    subscription_item: {
      expand: { discounts: "empty", plan: { name: "plan" }, price: PRICE },
    },
  },
  present: (context, { object }) => withPrices(context, object),
  refresh: catchUpSubscription,
  list: {
    filters: {
      collection_method: {
        reader: p.oneOf("charge_automatically", "send_invoice"),
      },
      created,
      current_period_end: filter(
        range,
        (one: ApiSubscription, limits) => within(lastPeriodEnd(one), limits),
      ),
      current_period_start: filter(
        range,
        ({ items }: ApiSubscription, limits) => {
          const starts = items.data.map((item) => item.current_period_start);
          return within(Math.min(...starts), limits);
        },
      ),
      customer: byId(CUSTOMER, "subscriptions_by_customer"),
      plan: PRICE_FILTER,
      price: PRICE_FILTER,
      status: { ...filter(STATUS, hasStatus), preset: "not_canceled" },
      test_clock: { reader: p.text(255) },
    },
    gaps: p.gaps("automatic_tax", "customer_account"),
    prepare: catchUpListed,
  },
  create: createSubscription,
  update: {
    params: CHANGE_PARAMS,
    run(context, params, id) {
      const { default_payment_method: method } = params;
      return withSubscription(context, id, async (transaction, stored) => {
        const { customer } = stored.object;
        if (method) await checkMethod(context, method, customer);
        await change(transaction, stored, params);
      });
    },
  },
  routes: {
    "DELETE /*": endpoint({
      params: {
        cancellation_details: cancellationDetails,
        invoice_now: p.boolean,
        prorate: p.boolean,
      },
      run(context, params, id) {
        const { invoice_now: invoiceNow = false, prorate = false } = params;
        const { cancellation_details: cancellationDetails = {} } = params;
        return withSubscription(context, id, async (transaction, stored) => {
          if (!isLive(stored.object)) throw noSuchPath(SUBSCRIPTION.noun, id);
          const how = { invoiceNow, prorate, cancellationDetails };
          await endNow(transaction, stored, how);
        });
      },
    }),
    "POST /*/pause": endpoint({
      params: {
        bill_for: p.fields({
          unused_time_from: p.fields({
            type: p.required(
              p.oneOf("item_current_period_start", "none", "now"),
            ),
          }),
          ...p.gaps("outstanding_usage_through"),
        }),
        invoicing_behavior: p.oneOf("invoice", "pending_invoice_item"),
        type: p.oneOf("subscription"),
      },
      run(context, params, id) {
        const creditFrom = params.bill_for?.unused_time_from?.type;
        const invoicing = params.invoicing_behavior;
        const how = p.given({ creditFrom, invoicing });
        return withSubscription(
          context,
          id,
          (transaction, stored) => pause(transaction, stored, how),
        );
      },
    }),
    "POST /*/resume": endpoint({
      params: {
        billing_cycle_anchor: p.fields({
          type: p.required(p.oneOf("now", "unchanged")),
        }),
        payment_behavior: p.oneOf(
          "resume_on_payment_attempt",
          "resume_on_payment_success",
        ),
        proration_behavior: prorationBehavior,
        proration_date: p.integer(0),
      },
      run(context, params, id) {
        const how = p.given({
          anchor: params.billing_cycle_anchor?.type,
          paymentBehavior: params.payment_behavior,
          prorationBehavior: params.proration_behavior,
          prorationSec: params.proration_date,
        });
        return withSubscription(
          context,
          id,
          (transaction, stored) => resume(transaction, stored, how),
        );
      },
    }),
  },
});

async function catchUpSubscription(
  context: Context,
  id: string,
): Promise<void> {
  const { object } = await readPath(context, SUBSCRIPTION, id);
  await catchUp(context, object.customer);
}

/** Runs the due billing steps of the listed customer, or of all customers. */
export async function catchUpListed(
  context: Context,
  { customer }: Record<string, unknown>,
): Promise<void> {
  if (typeof customer === "string") await catchUp(context, customer);
  else await catchUpAll(context);
}

function hasStatus(
  { status }: ApiSubscription,
  wanted: string,
): boolean {
  if (wanted === "all") return true;
  if (wanted === "not_canceled") return status !== "canceled";
  if (wanted === "ended") {
    return status === "canceled" || status === "incomplete_expired";
  }
  return status === wanted;
}

/** Reads a subscription after running its due billing steps. */
export async function presentSubscription(
  context: Context,
  id: string,
): Promise<ApiSubscription> {
  await catchUpSubscription(context, id);
  const { object } = await readPath(context, SUBSCRIPTION, id);
  return await withPrices(context, object);
}
