import { type Context, nowSec } from "../context.ts";
import type { ApiPromotionCode } from "../api/api_types.ts";
import { invalidRequest, missingParam } from "../api/errors.ts";
import { created, filter } from "../api/list.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import * as p from "../api/params.ts";
import { currency } from "../api/price_terms.ts";
import { insertObject, resource } from "../api/resource.ts";
import { findActiveCodes, isRedeemable } from "../billing/redemption.ts";
import { longId, randomText } from "../store/ids.ts";
import { isValid, nulls } from "../store/objects.ts";
import {
  COUPON,
  CUSTOMER,
  DISCOUNT,
  filedUnder,
  PROMOTION_CODE,
  readParam,
} from "../store/schema.ts";

const PARAMS = {
  active: p.boolean,
  code: p.text(500, /^[\w-]+$/),
  customer: p.text(255),
  expires_at: p.integer(1),
  max_redemptions: p.integer(1),
  metadata,
  promotion: p.required(p.fields({
    coupon: p.required(p.text(255)),
    type: p.required(p.oneOf("coupon")),
  })),
  restrictions: p.fields({
    first_time_transaction: p.boolean,
    minimum_amount: p.integer(1),
    minimum_amount_currency: currency,
    ...p.gaps("currency_options"),
  }),
  ...p.gaps("customer_account"),
};
type Creation = p.Read<typeof PARAMS>;

export const promotionCodes = resource(PROMOTION_CODE, {
  path: "/v1/promotion_codes",
  expand: { customer: CUSTOMER, "promotion.coupon": COUPON },
  types: {
    discount: {
      expand: {
        customer: CUSTOMER,
        promotion_code: PROMOTION_CODE,
        "source.coupon": COUPON,
      },
      load: async ({ store }, id) => (await store.get(DISCOUNT, id))?.object,
    },
  },
  present: async (context, { object }) => ({
    ...object,
    active: await isRedeemable(context, object),
  }),
  list: {
    name: "promotion_codes",
    filters: {
      active: filter(
        p.boolean,
        async (object: ApiPromotionCode, wanted, context) =>
          await isRedeemable(context, object) === wanted,
      ),
      code: filter(
        p.text(500),
        ({ code }: ApiPromotionCode, wanted) =>
          code.toLowerCase() === wanted.toLowerCase(),
        (wanted) => ["promotion_codes_by_code", filedUnder(wanted)],
      ),
      coupon: filter(
        p.text(255),
        ({ promotion }: ApiPromotionCode, wanted) =>
          promotion.coupon === wanted,
        (wanted) => ["promotion_codes_by_coupon", wanted],
      ),
      created,
      customer: { reader: p.text(255) },
    },
    gaps: p.gaps("customer_account"),
  },
  create: {
    params: PARAMS,
    async run(context, params) {
      const object = newCode(context, params);
      await checkTerms(context, params, object);
      return await insertObject(context, PROMOTION_CODE, {
        object,
        extra: null,
        event: "promotion_code.created",
      });
    },
  },
  update: {
    params: { active: p.boolean, metadata, ...p.gaps("restrictions") },
    event: "promotion_code.updated",
  },
});

async function checkTerms(
  context: Context,
  { customer, promotion, restrictions }: Creation,
  { active, code, expires_at: end }: ApiPromotionCode,
): Promise<void> {
  const named = { id: promotion.coupon, param: "promotion[coupon]" };
  const { object: coupon } = await readParam(context, COUPON, named);
  if (customer !== undefined) {
    await readParam(context, CUSTOMER, { id: customer, param: "customer" });
  }
  const { minimum_amount: least, minimum_amount_currency: unit } =
    restrictions ?? {};
  if ((least === undefined) !== (unit === undefined)) {
    const missing = unit === undefined
      ? "minimum_amount_currency"
      : "minimum_amount";
    throw missingParam(`restrictions[${missing}]`);
  }
  if (end !== null && end <= nowSec(context)) {
    throw invalidRequest("expires_at has to lie in the future.", {
      param: "expires_at",
    });
  }
  if (!isValid(context, coupon)) {
    const message = `Coupon ${coupon.id} is used up or expired.`;
    throw invalidRequest(message, {
      code: "coupon_expired",
      param: named.param,
    });
  }
  const taken = (await findActiveCodes(context, code)).some((other) =>
    other.customer === (customer ?? null)
  );
  if (!active || !taken) return;
  throw invalidRequest(
    `An active promotion code with \`code: ${code}\` already exists.`,
    { code: "resource_already_exists", param: "code" },
  );
}

function newCode(context: Context, params: Creation): ApiPromotionCode {
  const { restrictions, ...given } = params;
  return {
    id: longId("promo"),
    object: "promotion_code",
    active: true,
    code: randomText(8, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"),
    created: nowSec(context),
    livemode: false,
    times_redeemed: 0,
    ...nulls("customer customer_account expires_at max_redemptions"),
    ...given,
    metadata: mergeMetadata({}, params.metadata),
    restrictions: {
      first_time_transaction: false,
      ...nulls("minimum_amount minimum_amount_currency"),
      ...restrictions,
    },
  };
}
