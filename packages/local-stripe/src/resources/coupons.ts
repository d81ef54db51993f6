import { type Context, nowSec } from "../context.ts";
import type { ApiCoupon } from "../api/api_types.ts";
import { invalidRequest, missingParam } from "../api/errors.ts";
import { created } from "../api/list.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import * as p from "../api/params.ts";
import { insertObject, resource } from "../api/resource.ts";
import { randomText } from "../store/ids.ts";
import { isValid, nulls } from "../store/objects.ts";
import { COUPON } from "../store/schema.ts";
import { currency } from "../api/price_terms.ts";

const percentOff = p.reader<number>((value, at) => {
  const given = Number(p.text(8, /^\d{1,3}(\.\d{1,4})?$/).read(value, at));
  if (given > 0 && given <= 100) return given;
  throw invalidRequest(
    "Invalid percent_off: it must be more than 0, and 100 at most.",
    { param: at },
  );
});

const PARAMS = {
  amount_off: p.integer(1, 99_999_999),
  currency,
  duration: p.oneOf("forever", "once", "repeating"),
  duration_in_months: p.integer(1),
  id: p.text(255, /^[\w-]+$/),
  max_redemptions: p.integer(1),
  metadata,
  name: p.text(40),
  percent_off: percentOff,
  redeem_by: p.integer(1),
  ...p.gaps("applies_to", "currency_options"),
};
type Creation = p.Read<typeof PARAMS>;

export const coupons = resource(COUPON, {
  path: "/v1/coupons",
  present: (context, { object }) => ({
    ...object,
    valid: isValid(context, object),
  }),
  list: { filters: { created } },
  create: {
    params: PARAMS,
    run(context, params) {
      checkTerms(context, params);
      const object = newCoupon(context, params);
      const made = { object, extra: null, event: "coupon.created" };
      return insertObject(context, COUPON, made, async () => {
        if (await context.store.get(COUPON, object.id) === null) return;
        throw invalidRequest("Coupon already exists.", {
          code: "resource_already_exists",
        });
      });
    },
  },
  update: {
    params: { metadata, name: PARAMS.name, ...p.gaps("currency_options") },
    event: "coupon.updated",
  },
  delete: { event: "coupon.deleted" },
});

function checkTerms(context: Context, params: Creation): void {
  const { amount_off: amount, percent_off: percent, redeem_by: deadline } =
    params;
  if ((amount === undefined) === (percent === undefined)) {
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
  if (deadline !== undefined && deadline <= nowSec(context)) {
    throw invalidRequest("redeem_by has to lie in the future.", {
      param: "redeem_by",
    });
  }
}

function newCoupon(context: Context, params: Creation): ApiCoupon {
  return {
    id: randomText(8),
    object: "coupon",
    created: nowSec(context),
    duration: "once",
    livemode: false,
    times_redeemed: 0,
    valid: true,
    // deno-fmt-ignore: a list of names reads best filled
    ...nulls(
      "amount_off", "duration_in_months", "max_redemptions", "name", "percent_off", "redeem_by",
    ),
    ...params,
    currency: params.amount_off === undefined ? null : params.currency ?? null,
    metadata: mergeMetadata({}, params.metadata),
  };
}
