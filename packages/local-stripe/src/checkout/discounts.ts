import type { BillingTransaction } from "../billing/transaction.ts";
import type { Context } from "../context.ts";
import { invalidRequest, notImplemented } from "../api/errors.ts";
import { COUPON, readParam } from "../store/schema.ts";
import { isValid } from "../resources/coupons.ts";
import type { ApiCoupon } from "../api/api_types.ts";
import type { SessionParams } from "./session_params.ts";
import type { Line, StoredSession } from "./session.ts";

/**
 * The lines of a session with what its coupon takes off each of them.
 *
 * @throws {ApiError} 400 for a coupon that is none, or cannot be used now or here; 501 for
 * one of a subscription, or of a part of what is invoiced.
 */
export async function discounted(
  context: Context,
  params: SessionParams,
  lines: Line[],
): Promise<Line[]> {
  const [discount] = params.discounts ?? [];
  if (discount === undefined) return lines;
  if (params.mode === "subscription") {
    throw notImplemented("the parameter discounts of a subscription");
  }
  const param = "discounts[0][coupon]";
  const named = { id: discount.coupon, param };
  const { object: coupon } = await readParam(context, COUPON, named);
  if (!isValid(context, coupon)) {
    const message = `Coupon ${coupon.id} is used up or expired.`;
    throw invalidRequest(message, { code: "coupon_expired", param });
  }
  const totalMinor = sumOf(lines);
  const offMinor = amountOff(coupon, { totalMinor, lines, param });
  if (params.invoice_creation?.enabled && offMinor < totalMinor) {
    throw notImplemented("a coupon for a part of what is invoiced");
  }
  return spread(lines, { offMinor, totalMinor });
}

function amountOff(
  { amount_off: amount, currency, percent_off: percent }: ApiCoupon,
  of: { totalMinor: number; lines: Line[]; param: string },
): number {
  const { lines, param, totalMinor } = of;
  if (amount === null) return Math.round(totalMinor * (percent ?? 0) / 100);
  const sold = lines[0]?.currency;
  if (sold !== currency) {
    throw invalidRequest(
      `This coupon is in ${currency}, and cannot be used for prices in ${sold}.`,
      { param },
    );
  }
  return Math.min(amount, totalMinor);
}

/** Each line bears its share, and the last what rounding leaves: together it is exact. */
function spread(
  lines: Line[],
  { offMinor, totalMinor }: { offMinor: number; totalMinor: number },
): Line[] {
  let offLeft = offMinor;
  let totalLeft = totalMinor;
  return lines.map((line) => {
    const share = totalLeft === 0 ? 0 : line.amountMinor / totalLeft;
    const discountMinor = Math.round(offLeft * share);
    offLeft -= discountMinor;
    totalLeft -= line.amountMinor;
    return { ...line, discountMinor };
  });
}

function sumOf(lines: Line[]): number {
  return lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
}

/** Counts that the coupon of a completed session was used. */
export async function redeemCoupon(
  transaction: BillingTransaction,
  { object }: StoredSession,
): Promise<void> {
  const coupon = object.discounts?.[0]?.coupon;
  if (typeof coupon !== "string") return;
  const { object: used } = await transaction.need(COUPON, coupon);
  const count = used.times_redeemed + 1;
  transaction.change(COUPON, { ...used, times_redeemed: count });
}
