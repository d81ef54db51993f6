import type {
  ApiCoupon,
  ApiDiscount,
  ApiSubscription,
} from "../api/api_types.ts";
import { noSuchParam } from "../api/errors.ts";
import type * as p from "../api/params.ts";
import { longId } from "../store/ids.ts";
import { isValid, nulls } from "../store/objects.ts";
import {
  COUPON,
  DISCOUNT,
  PROMOTION_CODE,
  type Redemption,
  type StoredDiscount,
} from "../store/schema.ts";
import { amountOf, shareOf } from "./amounts.ts";
import { addMonths } from "./periods.ts";
import { unitOf } from "./invoice_lines.ts";
import {
  couponExpired,
  type Order,
  readRedemption,
  type REDEMPTION,
} from "./redemption.ts";
import { idOf } from "./subscription_objects.ts";
import type { BillingTransaction } from "./transaction.ts";

/**
 * The discount on each of several amounts of one currency. Its shares are proportional to the
 * amounts; the rounding error goes to the later ones, so that the sum is exact.
 */
export function discountAmounts(
  { amount_off: off, percent_off: percent }: ApiCoupon,
  amounts: readonly number[],
): number[] {
  let left = amounts.reduce((sum, amount) => sum + amount, 0);
  let offLeft = off === null
    ? Math.round(left * (percent ?? 0) / 100)
    : Math.min(off, left);
  return amounts.map((amount) => {
    const share = shareOf(offLeft, amount, left);
    offLeft -= share;
    left -= amount;
    return share;
  });
}

/** Counts a redemption. @throws {ApiError} 400 if the coupon was used up in the meantime. */
export async function redeem(
  tx: BillingTransaction,
  { coupon: { id }, promotionCode }: Redemption,
): Promise<void> {
  const coupon = await tx.find(COUPON, id);
  if (coupon === null || !isValid(tx.context, coupon.object)) {
    throw couponExpired(id);
  }
  const count = ({ times_redeemed }: { times_redeemed: number }) => ({
    times_redeemed: times_redeemed + 1,
  });
  tx.change(COUPON, { ...coupon.object, ...count(coupon.object) });
  const code = await tx.find(PROMOTION_CODE, promotionCode);
  if (code === null) return;
  tx.change(PROMOTION_CODE, { ...code.object, ...count(code.object) });
}

/** Redeems a coupon for a subscription or an invoice. */
export async function addDiscount(
  tx: BillingTransaction,
  redemption: Redemption,
  owner: Partial<
    Pick<ApiDiscount, "checkout_session" | "invoice" | "subscription">
  >,
): Promise<StoredDiscount> {
  await redeem(tx, redemption);
  const { coupon, promotionCode } = redemption;
  const { duration_in_months: months } = coupon;
  const id = longId("di");
  const discount = tx.insert(DISCOUNT, {
    id,
    object: "discount",
    ...nulls("checkout_session customer_account invoice invoice_item"),
    ...nulls("subscription subscription_item"),
    ...owner,
    customer: tx.customerId,
    end: months === null ? null : addMonths(tx.nowSec, months),
    promotion_code: promotionCode,
    source: { type: "coupon", coupon: coupon.id },
    start: tx.nowSec,
  }, coupon);
  tx.emit("customer.discount.created", discount);
  return await tx.need(DISCOUNT, id);
}

/** A discount to keep, or a coupon to redeem. */
export type DiscountTerms = p.Read<typeof REDEMPTION> & { discount?: string };

/**
 * Replaces a subscription's discounts.
 *
 * @returns The ids of the new discounts.
 * @throws {ApiError} 400 for a coupon that cannot be redeemed or an unknown discount.
 */
export async function replaceDiscounts(
  tx: BillingTransaction,
  subscription: ApiSubscription,
  terms: DiscountTerms[],
): Promise<string[]> {
  const before = discountIds(subscription);
  const after: string[] = [];
  for (const [place, { discount, ...given }] of terms.entries()) {
    const param = `discounts[${place}]`;
    if (discount === undefined) {
      const of = { ...orderOf(subscription), param };
      const redemption = await readRedemption(tx.context, given, of);
      const owner = { subscription: subscription.id };
      after.push((await addDiscount(tx, redemption, owner)).object.id);
    } else if (before.includes(discount)) after.push(discount);
    else throw noSuchParam(DISCOUNT.noun, discount, `${param}[discount]`);
  }
  await endDiscounts(tx, before.filter((id) => !after.includes(id)));
  return after;
}

function orderOf({ currency, customer, items }: ApiSubscription): Order {
  const amountMinor = items.data.reduce(
    (sum, { price, quantity }) => sum + amountOf(unitOf(price), quantity),
    0,
  );
  return { amountMinor, currency, customer };
}

/** The discounts with these ids that have not ended. */
export async function activeDiscounts(
  tx: BillingTransaction,
  ids: readonly string[],
): Promise<StoredDiscount[]> {
  const all = await Promise.all(ids.map((id) => tx.need(DISCOUNT, id)));
  return all.filter(({ object: { end } }) => end === null || end > tx.nowSec);
}

/** Emits the end of discounts. */
export async function endDiscounts(
  tx: BillingTransaction,
  ids: readonly string[],
): Promise<void> {
  for (const id of ids) {
    const { object } = await tx.need(DISCOUNT, id);
    tx.emit("customer.discount.deleted", object);
  }
}

/** The ids of a subscription's discounts. */
export function discountIds({ discounts }: ApiSubscription): string[] {
  return discounts.flatMap((one) => idOf(one) ?? []);
}

/** A prorated amount after the percentages of a subscription's discounts. */
export function prorationAfter(
  discounts: readonly StoredDiscount[],
  amountMinor: number,
): number {
  return discounts
    .filter(({ extra }) => extra.duration !== "once" && !extra.amount_off)
    .reduce(
      (left, { extra }) => left - (discountAmounts(extra, [left])[0] ?? 0),
      amountMinor,
    );
}
