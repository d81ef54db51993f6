import type { ApiPaymentMethod } from "../api/api_types.ts";
import { address, mergeAddress } from "../api/address.ts";
import { endpoint } from "../api/endpoint.ts";
import { invalidRequest, missingParam, noSuchPath } from "../api/errors.ts";
import { byId } from "../api/list.ts";
import { merge } from "../api/merge.ts";
import { metadata } from "../api/metadata.ts";
import { PAGE, page } from "../api/pagination.ts";
import * as p from "../api/params.ts";
import { insertObject, resource, updateObject } from "../api/resource.ts";
import {
  CUSTOMER,
  PAYMENT_METHOD,
  readParam,
  readPath,
} from "../store/schema.ts";
import { CARD, emptyAddress, newCardMethod } from "./card_methods.ts";
import { attachTo, detach, readAttached } from "./payment_method_attachment.ts";

const ALLOW_REDISPLAY = p.oneOf("always", "limited", "unspecified");

// deno-fmt-ignore: a list of names reads best filled
const OTHER_TYPES = [
  "acss_debit", "affirm", "afterpay_clearpay", "alipay", "alma", "amazon_pay", "au_becs_debit",
  "bacs_debit", "bancontact", "billie", "bizum", "blik", "boleto", "cashapp", "crypto", "custom",
  "customer_balance", "eps", "fpx", "giropay", "grabpay", "ideal", "interac_present", "kakao_pay",
  "klarna", "konbini", "kr_card", "link", "mb_way", "mobilepay", "multibanco", "naver_pay",
  "nz_bank_account", "oxxo", "p24", "pay_by_bank", "payco", "paynow", "paypal", "paypay", "payto",
  "pix", "promptpay", "revolut_pay", "samsung_pay", "satispay", "scalapay", "sepa_debit", "sequra",
  "sofort", "sunbit", "swish", "twint", "upi", "us_bank_account", "wechat_pay", "zip",
] as const;

const METHOD_PARAMS = {
  allow_redisplay: ALLOW_REDISPLAY,
  billing_details: p.fields({
    address,
    email: p.nullable(p.email),
    name: p.nullable(p.text(256)),
    phone: p.nullable(p.text(40)),
    tax_id: p.nullable(p.text(30)),
  }),
  metadata,
};

export const paymentMethods = resource(PAYMENT_METHOD, {
  path: "/v1/payment_methods",
  expand: { customer: CUSTOMER },
  list: {
    filters: {
      allow_redisplay: { reader: ALLOW_REDISPLAY },
      customer: byId(CUSTOMER, "payment_methods_by_customer", { live: true }),
      type: { reader: p.text(40) },
    },
    gaps: p.gaps("customer_account"),
  },
  create: {
    params: {
      ...METHOD_PARAMS,
      card: CARD,
      type: p.only(["card"], [...OTHER_TYPES, "card_present"]),
      ...p.gaps("customer", "payment_method", "radar_options", ...OTHER_TYPES),
    },
    async run(context, { card, type, ...details }) {
      if (type === undefined) throw missingParam("type");
      if (card === undefined) throw missingParam("card");
      const { object, extra } = await newCardMethod(context, card);
      const made = { object: changed(object, details), extra };
      return await insertObject(context, PAYMENT_METHOD, made);
    },
  },
  update: {
    params: {
      ...METHOD_PARAMS,
      card: p.fields({
        exp_month: p.integer(1, 12),
        exp_year: p.integer(2_000, 2_100),
        ...p.gaps("networks"),
      }),
    },
    async run(context, params, id) {
      const { object } = await updateObject(
        context,
        PAYMENT_METHOD,
        id,
        ({ object }) => {
          if (object.customer !== null) {
            return { object: changed(object, params) };
          }
          throw invalidRequest(
            "You must save this PaymentMethod to a customer before you can update it.",
          );
        },
        "payment_method.updated",
      );
      return object;
    },
  },
  routes: {
    "POST /*/attach": endpoint({
      params: { customer: p.text(255), ...p.gaps("customer_account") },
      async run(context, { customer }, id) {
        if (customer === undefined) throw missingParam("customer");
        return await context.store.untilWritten(async (writes) => {
          const named = { id: customer, param: "customer" };
          await readParam(context, CUSTOMER, named);
          return (await attachTo(context, { id, customer }, writes)).object;
        });
      },
    }),
    "POST /*/detach": endpoint({
      run: (context, _params, id) => detach(context, id),
    }),
  },
});

export const listCustomerPaymentMethods = endpoint({
  returns: PAYMENT_METHOD.name,
  many: true,
  params: { ...PAGE, allow_redisplay: ALLOW_REDISPLAY, type: p.text(40) },
  async run(context, params, id) {
    const { allow_redisplay: shown, type } = params;
    await readPath(context, CUSTOMER, id);
    return await page(context.store, {
      collection: PAYMENT_METHOD,
      list: ["payment_methods_by_customer", id],
      params,
      url: `/v1/customers/${id}/payment_methods`,
      matches: (method) =>
        (shown ?? method.allow_redisplay) === method.allow_redisplay &&
        (type ?? method.type) === method.type,
    });
  },
});

export const retrieveCustomerPaymentMethod = endpoint({
  returns: PAYMENT_METHOD.name,
  async run(context, _params, customer, id) {
    const stored = await readAttached(context, id, customer);
    if (stored === null) throw noSuchPath(PAYMENT_METHOD.noun, id);
    return stored.object;
  },
});

function changed(
  method: ApiPaymentMethod,
  change: p.Read<typeof METHOD_PARAMS> & { card?: object },
): ApiPaymentMethod {
  const merged = merge(method, change);
  const { billing_details: before } = method;
  const to = mergeAddress(before.address, change.billing_details?.address);
  const details = { ...merged.billing_details, address: to ?? emptyAddress() };
  return { ...merged, billing_details: details };
}
