import type { BillingTransaction } from "../billing/transaction.ts";
import type { Context } from "../context.ts";
import { invalidRequest, notImplemented } from "../api/errors.ts";
import { COUPON, readParam } from "../store/schema.ts";
import { isValid } from "../store/objects.ts";
import type { ApiCoupon } from "../api/api_types.ts";
import type { SessionParams } from "./session_params.ts";
import type { Line, StoredSession } from "../store/checkout_session.ts";

/**
 * The lines of a session with the discount of its coupon.
 *
 * @throws {ApiError} 400 for an unknown, expired or used up coupon or another currency; 501 for
 * the discount of a subscription, or a partial discount of an invoiced session.
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

// Proportional to the amounts; the rounding error goes to the later lines, so the sum is exact.
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

/** Increments `times_redeemed` of the coupon of a completed session. */
export async function redeemCoupon(
  tx: BillingTransaction,
  { object }: StoredSession,
): Promise<void> {
  const coupon = object.discounts?.[0]?.coupon;
  if (typeof coupon !== "string") return;
  const { object: used } = await tx.need(COUPON, coupon);
  const count = used.times_redeemed + 1;
  tx.change(COUPON, { ...used, times_redeemed: count });
}
