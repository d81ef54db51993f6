import { endpoint } from "../api/endpoint.ts";
import { invalidRequest, noSuchPath } from "../api/errors.ts";
import { created, listedIn } from "../api/list.ts";
import { metadata } from "../api/metadata.ts";
import { PAGE, pageOf } from "../api/pagination.ts";
import * as p from "../api/params.ts";
import { resource } from "../api/resource.ts";
import { readRedemption } from "../billing/redemption.ts";
import { readLines } from "../checkout/line_items.ts";
import { newSession } from "../checkout/new_session.ts";
import { initialTaxation } from "../checkout/session_tax.ts";
import { lineItemsOf } from "../checkout/session.ts";
import {
  CHECKOUT_SESSION,
  presentSession,
  type StoredSession,
} from "../store/checkout_session.ts";
import {
  checkMinimum,
  checkSessionParams,
} from "../checkout/session_checks.ts";
import {
  expireDueSessions,
  planExpiry,
  readSession,
} from "../checkout/session_expiry.ts";
import {
  SESSION_PARAMS,
  type SessionParams,
} from "../checkout/session_params.ts";
import type { Context } from "../context.ts";
import { pageSecret, sha256 } from "../store/ids.ts";
import {
  COUPON,
  CUSTOMER,
  INVOICE,
  PAYMENT_INTENT,
  PRICE,
  PROMOTION_CODE,
  readParam,
  SUBSCRIPTION,
} from "../store/schema.ts";
import type { WriteBatch } from "../store/write_batch.ts";

/** How long the link of an expired session still shows that it has expired. */
const LINK_KEPT_MS = 90 * 86_400_000;

export const checkoutSessions = resource(CHECKOUT_SESSION, {
  path: "/v1/checkout/sessions",
  expand: {
    customer: CUSTOMER,
    "discounts.coupon": COUPON,
    "discounts.promotion_code": PROMOTION_CODE,
    invoice: INVOICE,
    line_items: {
      include: async (context, id) => {
        const stored = await context.store.get(CHECKOUT_SESSION, id);
        return stored && await lineItemsOf(context, stored);
      },
    },
    payment_intent: PAYMENT_INTENT,
    payment_link: "empty",
    setup_intent: "empty",
    subscription: SUBSCRIPTION,
    "total_details.breakdown": {
      missing: "breakdowns of totals (expand total_details.breakdown)",
    },
  },
  types: {
    item: {
      expand: {
        discounts: { missing: "coupons of lines (expand discounts)" },
        price: PRICE,
        taxes: "empty",
      },
    },
  },
  present: presentSession,
  refresh: readSession,
  list: {
    name: "checkout_sessions",
    filters: {
      created,
      customer: listedIn("checkout_sessions_by_customer"),
      payment_intent: { reader: p.text(255) },
      status: { reader: p.oneOf("complete", "expired", "open") },
      subscription: { reader: p.text(255) },
    },
    gaps: p.gaps("customer_account", "customer_details", "payment_link"),
    prepare: expireDueSessions,
  },
  create: {
    params: SESSION_PARAMS,
    async run(context, params) {
      checkSessionParams(params);
      const secret = pageSecret();
      const digest = await sha256(secret);
      return await context.store.untilWritten(async (writes) => {
        const made = await planSession(context, { params, secret }, writes);
        writes.put(["checkout_secret", digest], made.object.id, LINK_KEPT_MS);
        return presentSession(context, made);
      });
    },
  },
  update: {
    params: {
      metadata,
      // deno-fmt-ignore: a list of names reads best filled
      ...p.gaps(
        "collected_information", "line_items", "payment_intent_data", "shipping_options",
      ),
    },
  },
  routes: {
    "POST /*/expire": endpoint({
      run: (context, _params, id) =>
        context.store.untilWritten(async (writes) => {
          const stored = await requireSession(context, id);
          if (stored.object.status !== "open") {
            throw invalidRequest(
              `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of "${stored.object.status}".`,
            );
          }
          return presentSession(context, planExpiry(context, stored, writes));
        }),
    }),
    "GET /*/line_items": endpoint({
      returns: "item",
      many: true,
      params: PAGE,
      async run(context, params, id) {
        const stored = await requireSession(context, id);
        const { data, url } = await lineItemsOf(context, stored);
        const what = "of line items";
        return pageOf(data, params, { what, noun: "line item", url });
      },
    }),
  },
});

async function planSession(
  context: Context,
  { params, secret }: { params: SessionParams; secret: string },
  writes: WriteBatch,
): Promise<StoredSession> {
  const { customer: id, mode = "payment", line_items: items = [] } = params;
  const customer = id === undefined
    ? null
    : (await readParam(context, CUSTOMER, { id, param: "customer" })).object;
  const lines = await readLines(context, { mode, lines: items }, writes);
  const [first] = lines;
  if (params.currency && params.currency !== first?.currency) {
    throw invalidRequest(
      `The prices of this session are in ${first?.currency}, not in ${params.currency}.`,
      { param: "currency" },
    );
  }
  const [discount] = params.discounts ?? [];
  const redemption = discount === undefined
    ? null
    : await readRedemption(context, discount, {
      amountMinor: lines.reduce((sum, line) => sum + line.amountMinor, 0),
      currency: first?.currency ?? "usd",
      customer: customer?.id ?? null,
      param: "discounts[0]",
    });
  const taxation = await initialTaxation(context, params, customer);
  const of = { lines, customer, secret, redemption, taxation };
  const made = newSession(context, params, of);
  checkMinimum(made.object);
  return writes.insert(CHECKOUT_SESSION, { ...made, createdMs: context.now() });
}

async function requireSession(
  context: Context,
  id: string,
): Promise<StoredSession> {
  const stored = await readSession(context, id);
  if (stored === null) throw noSuchPath(CHECKOUT_SESSION.noun, id);
  return stored;
}
