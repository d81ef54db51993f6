import type { ApiCoupon } from "../api/api_types.ts";
import { formatMoney } from "../money.ts";

/** A coupon's terms: "20% off for 3 months", "$5.00 off". */
export function discountLabel(coupon: ApiCoupon, locale: string): string {
  const { amount_off: amount, currency, duration_in_months: months } = coupon;
  const off = amount === null
    ? `${coupon.percent_off}% off`
    : `${formatMoney(amount, currency ?? "usd", locale)} off`;
  if (coupon.duration === "forever") return `${off} forever`;
  if (months === null) return off;
  return months === 1 ? `${off} for 1 month` : `${off} for ${months} months`;
}
