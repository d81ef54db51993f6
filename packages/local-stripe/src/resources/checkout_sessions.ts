import type { WriteBatch } from "../store/write_batch.ts";
import { discounted } from "../checkout/discounts.ts";
import {
  expireDueSessions,
  planExpiry,
  readSession,
} from "../checkout/session_expiry.ts";
import { readLines } from "../checkout/line_items.ts";
import { newSession } from "../checkout/new_session.ts";
import { checkSessionParams } from "../checkout/session_checks.ts";
import {
  SESSION_PARAMS,
  type SessionParams,
} from "../checkout/session_params.ts";
import {
  type ApiLineItem,
  CHECKOUT_SESSION,
  lineItemsOf,
  presentSession,
  type StoredSession,
} from "../checkout/session.ts";
import type { Context } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, noSuchParam, noSuchPath } from "../api/errors.ts";
import { pageSecret, sha256 } from "../store/ids.ts";
import { CUSTOMER, readParam } from "../store/schema.ts";
import { type ListOf, PAGE, page, range } from "../api/pagination.ts";
import { missing, oneOf, text } from "../api/params.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";

// A link is told apart from one that never was for this long.
const LINK_KEPT_MS = 90 * 86_400_000;

export const createCheckoutSession = endpoint({
  returns: "checkout.session",
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
});

async function planSession(
  context: Context,
  { params, secret }: { params: SessionParams; secret: string },
  writes: WriteBatch,
): Promise<StoredSession> {
  const { customer: id, mode = "payment", line_items: asked = [] } = params;
  const customer = id === undefined
    ? null
    : (await readParam(context, CUSTOMER, { id, param: "customer" })).object;
  const sold = await readLines(context, { mode, lines: asked }, writes);
  const lines = await discounted(context, params, sold);
  if (params.currency && params.currency !== lines[0]?.currency) {
    throw invalidRequest(
      `The prices of this session are in ${
        lines[0]?.currency
      }, not in ${params.currency}.`,
      { param: "currency" },
    );
  }
  const made = newSession(context, params, { lines, customer, secret });
  return writes.insert(CHECKOUT_SESSION, { ...made, createdMs: context.now() });
}

export const retrieveCheckoutSession = endpoint({
  returns: "checkout.session",
  params: {},
  async run(context, _params, ids) {
    return presentSession(context, await existing(context, onlyId(ids)));
  },
});

export const updateCheckoutSession = endpoint({
  returns: "checkout.session",
  params: {
    collected_information: missing,
    line_items: missing,
    metadata,
    payment_intent_data: missing,
    shipping_options: missing,
  },
  async run(context, { metadata: change }, ids) {
    const id = onlyId(ids);
    await existing(context, id);
    const stored = await context.store.update(
      CHECKOUT_SESSION,
      id,
      ({ object }) => ({
        object: {
          ...object,
          metadata: mergeMetadata(object.metadata ?? {}, change),
        },
      }),
    );
    if (stored === null) throw noSuchPath(CHECKOUT_SESSION.noun, id);
    return presentSession(context, stored);
  },
});

export const expireCheckoutSession = endpoint({
  returns: "checkout.session",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    return await context.store.untilWritten(async (writes) => {
      const stored = await existing(context, id);
      if (stored.object.status !== "open") {
        throw invalidRequest(
          `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of "${stored.object.status}".`,
        );
      }
      return presentSession(context, planExpiry(context, stored, writes));
    });
  },
});

export const listCheckoutLineItems = endpoint({
  returns: "item",
  many: true,
  params: PAGE,
  async run(context, params, ids): Promise<ListOf<ApiLineItem>> {
    const stored = await existing(context, onlyId(ids));
    const { limit = 10, starting_after: after, ending_before: before } = params;
    if (before !== undefined) {
      missing.read(before, "ending_before of line items");
    }
    const all = await lineItemsOf(context, stored);
    const from = after === undefined
      ? 0
      : all.data.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && from === 0) {
      throw noSuchParam("line item", after, "starting_after");
    }
    return {
      ...all,
      data: all.data.slice(from, from + limit),
      has_more: all.data.length > from + limit,
    };
  },
});

export const listCheckoutSessions = endpoint({
  returns: "checkout.session",
  many: true,
  params: {
    ...PAGE,
    created: range,
    customer: text(255),
    customer_account: missing,
    customer_details: missing,
    payment_intent: text(255),
    payment_link: missing,
    status: oneOf("complete", "expired", "open"),
    subscription: text(255),
  },
  async run(context, params) {
    await expireDueSessions(context);
    const { customer, payment_intent: intent, status, subscription } = params;
    return await page(context.store, {
      collection: CHECKOUT_SESSION,
      list: customer === undefined
        ? ["checkout_sessions"]
        : ["checkout_sessions_by_customer", customer],
      params,
      url: "/v1/checkout/sessions",
      present: (stored) => presentSession(context, stored),
      matches: (session) =>
        (status === undefined || session.status === status) &&
        (intent === undefined || session.payment_intent === intent) &&
        (subscription === undefined || session.subscription === subscription),
    });
  },
});

async function existing(context: Context, id: string): Promise<StoredSession> {
  const stored = await readSession(context, id);
  if (stored === null) throw noSuchPath(CHECKOUT_SESSION.noun, id);
  return stored;
}
