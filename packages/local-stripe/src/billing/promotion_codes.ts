import type { ApiPromotionCode } from "../api/api_types.ts";
import { gather } from "../api/pagination.ts";
import { type Context, nowSec } from "../context.ts";
import { isValid } from "../store/objects.ts";
import { COUPON, filedUnder, PROMOTION_CODE } from "../store/schema.ts";

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
