import { endpoint } from "../api/endpoint.ts";
import { invalidRequest, noSuchPath } from "../api/errors.ts";
import { created, listedIn } from "../api/list.ts";
import { merge } from "../api/merge.ts";
import { metadata } from "../api/metadata.ts";
import { PAGE, pageOf } from "../api/pagination.ts";
import * as p from "../api/params.ts";
import { resource, updateObject } from "../api/resource.ts";
import { discounted } from "../checkout/discounts.ts";
import { readLines } from "../checkout/line_items.ts";
import { newSession } from "../checkout/new_session.ts";
import { lineItemsOf } from "../checkout/session.ts";
import { minimumCharge } from "../billing/minimum_charge.ts";
import { formatMoney } from "../money.ts";
import {
  type ApiCheckoutSession,
  CHECKOUT_SESSION,
  presentSession,
  type StoredSession,
} from "../store/checkout_session.ts";
import { checkSessionParams } from "../checkout/session_checks.ts";
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
  CUSTOMER,
  INVOICE,
  PAYMENT_INTENT,
  PRICE,
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
    discounts: { missing: "coupons of sessions (expand discounts)" },
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
      missing: "coupons of sessions (expand total_details.breakdown)",
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
    async run(context, params, id) {
      await requireSession(context, id);
      const stored = await updateObject(
        context,
        CHECKOUT_SESSION,
        id,
        ({ object }) => ({ object: merge(object, params) }),
      );
      return presentSession(context, stored);
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
  const sold = await readLines(context, { mode, lines: items }, writes);
  const lines = await discounted(context, params, sold);
  const [first] = lines;
  if (params.currency && params.currency !== first?.currency) {
    throw invalidRequest(
      `The prices of this session are in ${first?.currency}, not in ${params.currency}.`,
      { param: "currency" },
    );
  }
  const made = newSession(context, params, { lines, customer, secret });
  checkMinimum(made.object);
  return writes.insert(CHECKOUT_SESSION, { ...made, createdMs: context.now() });
}

function checkMinimum({ amount_total: total, currency }: ApiCheckoutSession) {
  const minimum = minimumCharge(currency ?? "usd");
  if (!total || total >= minimum) return;
  const least = formatMoney(minimum, currency ?? "usd", "en-US");
  throw invalidRequest(
    `The Checkout Session's total amount due must add up to at least ${least} ${currency}`,
    { code: "amount_too_small", param: "line_items" },
  );
}

async function requireSession(
  context: Context,
  id: string,
): Promise<StoredSession> {
  const stored = await readSession(context, id);
  if (stored === null) throw noSuchPath(CHECKOUT_SESSION.noun, id);
  return stored;
}
