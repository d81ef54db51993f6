import type { ApiCoupon, ApiPromotionCode } from "../api/api_types.ts";
import { invalidRequest, missingParam } from "../api/errors.ts";
import { gather } from "../api/pagination.ts";
import * as p from "../api/params.ts";
import { type Context, nowSec } from "../context.ts";
import { isValid } from "../store/objects.ts";
import {
  CHARGE,
  COUPON,
  filedUnder,
  PROMOTION_CODE,
  readParam,
  type Redemption,
} from "../store/schema.ts";

/** The error for a coupon that is used up, expired or deleted. */
export function couponExpired(id: string, param?: string) {
  return invalidRequest(`Coupon ${id} is used up or expired.`, {
    code: "coupon_expired",
    ...(param !== undefined && { param }),
  });
}

/** The parameters that name a coupon. */
export const REDEMPTION = {
  coupon: p.text(255),
  promotion_code: p.text(255),
};

/** The order for which a coupon is redeemed. */
export interface Order {
  customer: string | null;
  amountMinor: number;
  currency: string;
}

/**
 * Reads the coupon or promotion code that a parameter names, and checks its terms.
 *
 * @throws {ApiError} 400 if it is unknown or cannot be redeemed for the order.
 */
export async function readRedemption(
  context: Context,
  given: p.Read<typeof REDEMPTION>,
  of: Order & { param: string },
): Promise<Redemption> {
  const { coupon: id, promotion_code: codeId } = given;
  if ((id === undefined) === (codeId === undefined)) {
    throw missingParam(`${of.param}[coupon]`);
  }
  if (codeId !== undefined) {
    const param = `${of.param}[promotion_code]`;
    const named = { id: codeId, param };
    const { object } = await readParam(context, PROMOTION_CODE, named);
    return await redemptionOf(context, object, { ...of, param });
  }
  const param = `${of.param}[coupon]`;
  const named = { id: id ?? "", param };
  const { object: coupon } = await readParam(context, COUPON, named);
  if (!isValid(context, coupon)) throw couponExpired(coupon.id, param);
  checkCurrency(coupon, { ...of, param });
  return { coupon, promotionCode: null };
}

/** The redemption of a promotion code. @throws {ApiError} 400 as {@linkcode readRedemption}. */
export async function redemptionOf(
  context: Context,
  code: ApiPromotionCode,
  of: Order & { param: string },
): Promise<Redemption> {
  const { amountMinor, currency, customer, param } = of;
  const { restrictions } = code;
  const refuse = (reason: string) =>
    invalidRequest(
      `This promotion code cannot be redeemed because ${reason}.`,
      {
        param,
      },
    );
  if (!await isRedeemable(context, code)) {
    throw refuse("it is inactive or expired");
  }
  if (code.customer !== null && code.customer !== customer) {
    throw refuse("it belongs to another customer");
  }
  if (restrictions.first_time_transaction && await hasPaid(context, customer)) {
    throw refuse("the associated customer has prior transactions");
  }
  const { minimum_amount: least, minimum_amount_currency: unit } = restrictions;
  if (least !== null && (unit !== currency || amountMinor < least)) {
    throw refuse("the order does not reach the minimum amount");
  }
  const named = { id: code.promotion.coupon, param };
  const { object: coupon } = await readParam(context, COUPON, named);
  checkCurrency(coupon, of);
  return { coupon, promotionCode: code.id };
}

function checkCurrency(
  { amount_off: amount, currency }: ApiCoupon,
  of: Order & { param: string },
): void {
  if (amount === null || currency === of.currency) return;
  throw invalidRequest(
    `This coupon is in ${currency}, and cannot be used for prices in ${of.currency}.`,
    { param: of.param },
  );
}

async function hasPaid(
  { store }: Context,
  customer: string | null,
): Promise<boolean> {
  if (customer === null) return false;
  const paid = await gather(store, {
    collection: CHARGE,
    list: ["charges_by_customer", customer],
    wanted: 1,
    newestFirst: true,
    matches: ({ object }) => object.paid,
  });
  return paid.length > 0;
}

/** Reports whether anyone can redeem a promotion code now. */
export async function isRedeemable(
  context: Context,
  { active, expires_at: end, max_redemptions: most, promotion, times_redeemed }:
    ApiPromotionCode,
): Promise<boolean> {
  if (!active || (most !== null && times_redeemed >= most)) return false;
  if (end !== null && end <= nowSec(context)) return false;
  const coupon = await context.store.get(COUPON, promotion.coupon);
  return coupon !== null && !coupon.deleted && isValid(context, coupon.object);
}

/** The redeemable promotion codes with a code, in any case, newest first. */
export async function findActiveCodes(
  context: Context,
  code: string,
): Promise<ApiPromotionCode[]> {
  const found = await gather(context.store, {
    collection: PROMOTION_CODE,
    list: ["promotion_codes_by_code", filedUnder(code)],
    wanted: 100,
    newestFirst: true,
    matches: async ({ object }) =>
      object.code.toLowerCase() === code.toLowerCase() &&
      await isRedeemable(context, object),
  });
  return found.map(({ object }) => object);
}
