import { endpoint, onlyId } from "../api/endpoint.ts";
import {
  invalidRequest,
  missingParam,
  noSuchPath,
  notImplemented,
} from "../api/errors.ts";
import { emitUpdate } from "../webhooks/event_emitter.ts";
import { CUSTOMER, PAYMENT_METHOD, readParam } from "../store/schema.ts";
import type { Context } from "../context.ts";
import { type ListOf, PAGE, page } from "../api/pagination.ts";
import {
  email,
  fields,
  integer,
  missing,
  nullable,
  oneOf,
  type Read,
  reader,
  text,
} from "../api/params.ts";
import type { ApiPaymentMethod } from "../api/api_types.ts";
import { address, mergeAddress } from "../api/address.ts";
import {
  attachTo,
  detach,
  readAttached,
  readMethod,
} from "./payment_method_attachment.ts";
import { CARD, emptyAddress, newCardMethod } from "./card_methods.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";

const BILLING_DETAILS = fields({
  address,
  email: nullable(email),
  name: nullable(text(256)),
  phone: nullable(text(40)),
  tax_id: nullable(text(30)),
});
type BillingChange = ReturnType<typeof BILLING_DETAILS.read>;

const ALLOW_REDISPLAY = oneOf("always", "limited", "unspecified");

// Other types of payment method exist at Stripe, so that their names are no mistake of the caller.
const cardOnly = reader<"card">((value, at) => {
  if (value === "card") return "card";
  throw notImplemented(
    `payment methods other than cards (${at}=${String(value)})`,
  );
});

const METHOD_PARAMS = {
  allow_redisplay: ALLOW_REDISPLAY,
  billing_details: BILLING_DETAILS,
  metadata,
};

export const createPaymentMethod = endpoint({
  returns: "payment_method",
  params: {
    ...METHOD_PARAMS,
    card: CARD,
    type: cardOnly,
    customer: missing,
    payment_method: missing,
  },
  async run(context, params) {
    if (params.type === undefined) throw missingParam("type");
    if (params.card === undefined) throw missingParam("card");
    const method = await newCardMethod(context, params.card);
    const { card: _card, ...details } = params;
    const object = changed(method.object, details);
    return await context.store.insert(PAYMENT_METHOD, {
      object,
      extra: method.extra,
      createdMs: context.now(),
    });
  },
});

export const retrievePaymentMethod = endpoint({
  returns: "payment_method",
  params: {},
  async run(context, _params, ids) {
    return (await readMethod(context, onlyId(ids))).object;
  },
});

export const updatePaymentMethod = endpoint({
  returns: "payment_method",
  params: {
    ...METHOD_PARAMS,
    card: fields({
      exp_month: integer(1, 12),
      exp_year: integer(2_000, 2_100),
      networks: missing,
    }),
  },
  async run(context, params, ids) {
    const id = onlyId(ids);
    const stored = await context.store.update(
      PAYMENT_METHOD,
      id,
      ({ object }) => {
        if (object.customer === null) {
          throw invalidRequest(
            "You must save this PaymentMethod to a customer before you can update it.",
          );
        }
        return { object: changed(object, params) };
      },
      (writes, before, after) =>
        emitUpdate(context, writes, {
          type: "payment_method.updated",
          before,
          after,
        }),
    );
    if (stored === null) throw noSuchPath(PAYMENT_METHOD.noun, id);
    return stored.object;
  },
});

export const attachPaymentMethod = endpoint({
  returns: "payment_method",
  params: { customer: text(255), customer_account: missing },
  async run(context, { customer }, ids) {
    if (customer === undefined) throw missingParam("customer");
    return await context.store.untilWritten(async (writes) => {
      await readParam(context, CUSTOMER, { id: customer, param: "customer" });
      return (await attachTo(context, { id: onlyId(ids), customer }, writes))
        .object;
    });
  },
});

export const detachPaymentMethod = endpoint({
  returns: "payment_method",
  params: {},
  run: (context, _params, ids) => detach(context, onlyId(ids)),
});

const METHOD_LIST = {
  ...PAGE,
  allow_redisplay: ALLOW_REDISPLAY,
  type: text(40),
};

export const listPaymentMethods = endpoint({
  returns: "payment_method",
  many: true,
  params: { ...METHOD_LIST, customer: text(255), customer_account: missing },
  async run(context, params) {
    const { customer } = params;
    if (customer !== undefined) {
      await readParam(context, CUSTOMER, { id: customer, param: "customer" });
    }
    const list = customer === undefined
      ? ["payment_methods"]
      : ["payment_methods_by_customer", customer];
    return await pageOf(context, list, params, "/v1/payment_methods");
  },
});

export const listCustomerPaymentMethods = endpoint({
  returns: "payment_method",
  many: true,
  params: METHOD_LIST,
  async run(context, params, ids) {
    const id = onlyId(ids);
    const customer = await context.store.get(CUSTOMER, id);
    if (customer === null || customer.deleted) {
      throw noSuchPath(CUSTOMER.noun, id);
    }
    const url = `/v1/customers/${id}/payment_methods`;
    return await pageOf(
      context,
      ["payment_methods_by_customer", id],
      params,
      url,
    );
  },
});

export const retrieveCustomerPaymentMethod = endpoint({
  returns: "payment_method",
  params: {},
  async run(context, _params, [customer = "", id = ""]) {
    const stored = await readAttached(context, id, customer);
    if (stored === null) throw noSuchPath(PAYMENT_METHOD.noun, id);
    return stored.object;
  },
});

function pageOf(
  context: Context,
  list: string[],
  params: Read<typeof METHOD_LIST>,
  url: string,
): Promise<ListOf<ApiPaymentMethod>> {
  const { allow_redisplay: shown, type } = params;
  return page(context.store, {
    collection: PAYMENT_METHOD,
    list,
    params,
    url,
    matches: (method) =>
      (shown === undefined || method.allow_redisplay === shown) &&
      (type === undefined || method.type === type),
  });
}

function changed(
  method: ApiPaymentMethod,
  change: Read<typeof METHOD_PARAMS> & {
    card?: { exp_month?: number; exp_year?: number };
  },
): ApiPaymentMethod {
  const { exp_month = method.card.exp_month, exp_year = method.card.exp_year } =
    change.card ?? {};
  return {
    ...method,
    allow_redisplay: change.allow_redisplay ?? method.allow_redisplay,
    billing_details: mergeBilling(
      method.billing_details,
      change.billing_details,
    ),
    card: { ...method.card, exp_month, exp_year },
    metadata: mergeMetadata(method.metadata ?? {}, change.metadata),
  };
}

function mergeBilling(
  before: ApiPaymentMethod["billing_details"],
  change: BillingChange | undefined,
): ApiPaymentMethod["billing_details"] {
  if (change === undefined) return before;
  const { address: to, ...plain } = change;
  return {
    ...before,
    ...plain,
    address: mergeAddress(before.address, to) ?? emptyAddress(),
  };
}
