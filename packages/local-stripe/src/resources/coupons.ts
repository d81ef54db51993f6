import { type Context, nowSec } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, missingParam, noSuchPath } from "../api/errors.ts";
import { emit } from "../webhooks/event_emitter.ts";
import { randomText } from "../store/ids.ts";
import { COUPON } from "../store/schema.ts";
import {
  integer,
  missing,
  oneOf,
  type Read,
  reader,
  text,
} from "../api/params.ts";
import type { ApiCoupon } from "../api/api_types.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import { currency } from "./price_terms.ts";

/** More than nothing, and 100 at most. */
const percent = reader<number>((value, at) => {
  const given = Number(text(8, /^\d{1,3}(\.\d{1,4})?$/).read(value, at));
  if (given > 0 && given <= 100) return given;
  throw invalidRequest(
    "Invalid percent_off: it must be more than 0, and 100 at most.",
    { param: at },
  );
});

const PARAMS = {
  amount_off: integer(1, 99_999_999),
  applies_to: missing,
  currency,
  currency_options: missing,
  duration: oneOf("forever", "once", "repeating"),
  duration_in_months: integer(1),
  id: text(255, /^[\w-]+$/),
  max_redemptions: integer(1),
  metadata,
  name: text(40),
  percent_off: percent,
  redeem_by: integer(1),
};
type Creation = Read<typeof PARAMS>;

export const createCoupon = endpoint({
  returns: "coupon",
  params: PARAMS,
  async run(context, params) {
    checkTerms(context, params);
    const object = newCoupon(context, params);
    return await context.store.untilWritten(async (writes) => {
      if (await context.store.get(COUPON, object.id) !== null) {
        throw invalidRequest("Coupon already exists.", {
          code: "resource_already_exists",
        });
      }
      emit(context, writes, { type: "coupon.created", object });
      const stored = { object, extra: null, createdMs: context.now() };
      return writes.insert(COUPON, stored).object;
    });
  },
});

function checkTerms(context: Context, params: Creation): void {
  const { amount_off: amount, percent_off: share, redeem_by: until } = params;
  if ((amount === undefined) === (share === undefined)) {
    throw invalidRequest("A coupon has either percent_off or amount_off.");
  }
  if (amount !== undefined && params.currency === undefined) {
    throw missingParam("currency");
  }
  const repeats = params.duration === "repeating";
  if (repeats !== (params.duration_in_months !== undefined)) {
    throw invalidRequest(
      "A coupon has duration_in_months if its duration is repeating.",
      { param: "duration_in_months" },
    );
  }
  if (until !== undefined && until <= nowSec(context)) {
    throw invalidRequest("redeem_by has to lie in the future.", {
      param: "redeem_by",
    });
  }
}

function newCoupon(context: Context, params: Creation): ApiCoupon {
  const { amount_off: amount = null } = params;
  return {
    id: params.id ?? randomText(8),
    object: "coupon",
    amount_off: amount,
    created: nowSec(context),
    currency: amount === null ? null : params.currency ?? null,
    duration: params.duration ?? "once",
    duration_in_months: params.duration_in_months ?? null,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    name: params.name ?? null,
    percent_off: params.percent_off ?? null,
    redeem_by: params.redeem_by ?? null,
    times_redeemed: 0,
    valid: true,
  };
}

export const retrieveCoupon = endpoint({
  returns: "coupon",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    const stored = await context.store.get(COUPON, id);
    if (stored === null) throw noSuchPath(COUPON.noun, id);
    return { ...stored.object, valid: isValid(context, stored.object) };
  },
});

/** Whether a coupon can be used now. */
export function isValid(
  context: Context,
  { max_redemptions: most, redeem_by: until, times_redeemed: used }: ApiCoupon,
): boolean {
  return (most === null || used < most) &&
    (until === null || nowSec(context) < until);
}
