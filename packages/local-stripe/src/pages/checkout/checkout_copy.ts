import type { ApiPrice } from "../../api/api_types.ts";
import {
  discountMinor,
  dueTodayMinor,
  hasTrial,
  subtotalMinor,
  taxMinor,
} from "../../checkout/session.ts";
import type { Line, StoredSession } from "../../store/checkout_session.ts";
import { discountAmounts } from "../../billing/discounts.ts";
import { taxLabel } from "../../billing/taxes.ts";
import { type Context, nowSec } from "../../context.ts";
import { formatDay, formatMoney } from "../../money.ts";
import { discountLabel } from "../discount_label.ts";
import { PRICE, PRODUCT, PROMOTION_CODE } from "../../store/schema.ts";

/** The texts and formatted amounts that Checkout shows for a session. */
export interface OrderCopy {
  /** "Subscribe to Pro", "Try Pro", or the product's name. */
  title: string;
  /** The headline amount: the recurring price, or else the total. */
  price: string;
  /** "per month"; "" for a one-time payment. */
  interval: string;
  /** "14 days free, then …"; `null` without a trial. */
  trial: string | null;
  lines: LineCopy[];
  /** Before the discount and the tax; `null` without both. */
  subtotal: string | null;
  /** "VAT (19%)" and its amount; `null` without automatic tax. */
  tax: { label: string; amount: string } | null;
  discount: DiscountCopy | null;
  dueToday: string;
  /** The button's text. */
  submit: string;
}

export interface DiscountCopy {
  /** The promotion code, or the coupon's name. */
  name: string;
  /** "20% off for 3 months" */
  terms: string;
  /** Negative. */
  amount: string;
}

export interface LineCopy {
  id: string;
  name: string;
  description: string | null;
  quantity: number;
  amount: string;
  /** "$29.00 per month each"; `null` for a quantity of one. */
  each: string | null;
}

interface PricedLine {
  line: Line;
  price: ApiPrice;
  description: string | null;
}

/** Reads the session's prices and products, and formats them for a locale. */
export async function orderCopy(
  context: Context,
  stored: StoredSession,
  locale: string,
): Promise<OrderCopy> {
  const lines = await Promise.all(
    stored.extra.lines.map((line) => readLine(context, line)),
  );
  const money = (minor: number) =>
    formatMoney(minor, stored.object.currency ?? "usd", locale);
  const lead = lines.find(({ line }) => line.recurring) ?? lines[0];
  const dueToday = money(dueTodayMinor(stored));
  const discount = await discountCopy(context, stored, locale);
  const { price, interval } = priceCopy(stored, lead?.price, money);
  return {
    title: titleText(stored, lead?.line.description ?? ""),
    price,
    interval,
    trial: trialText(context, stored, { price, interval, locale }),
    lines: lines.map((line) => lineCopy(line, money)),
    subtotal: discount || stored.object.automatic_tax.enabled
      ? money(subtotalMinor(stored))
      : null,
    tax: taxCopy(stored, money),
    discount,
    dueToday,
    submit: submitText(stored, dueToday),
  };
}

/** "$23.20" and "per month", or "for 3 months, then $29.00 per month" with a discount that ends. */
function priceCopy(
  stored: StoredSession,
  lead: ApiPrice | undefined,
  money: (minor: number) => string,
): Pick<OrderCopy, "price" | "interval"> {
  const { lines, redemption } = stored.extra;
  const amounts = lines.filter(({ recurring }) => recurring)
    .map(({ amountMinor }) => amountMinor);
  if (amounts.length === 0 || !lead) {
    return { price: money(dueTodayMinor(stored)), interval: "" };
  }
  const interval = intervalText(lead);
  const full = amounts.reduce((sum, amount) => sum + amount, 0);
  if (redemption === null) return { price: money(full), interval };
  const { coupon } = redemption;
  const off = discountAmounts(coupon, amounts)
    .reduce((sum, amount) => sum + amount, 0);
  const then = `then ${money(full)} ${interval}`;
  const { duration_in_months: months } = coupon;
  return {
    price: money(full - off),
    interval: coupon.duration === "forever"
      ? interval
      : months === null
      ? then
      : `${interval} for ${months} months, ${then}`,
  };
}

function taxCopy(
  stored: StoredSession,
  money: (minor: number) => string,
): OrderCopy["tax"] {
  const { extra: { lines, taxation }, object } = stored;
  if (!object.automatic_tax.enabled) return null;
  if (taxation === null) {
    return { label: "Tax", amount: "Choose your country" };
  }
  const included = lines.some(({ inclusive }) => inclusive);
  const label = taxLabel(taxation);
  return {
    label: included ? `${label}, included` : label,
    amount: money(taxMinor(stored)),
  };
}

async function discountCopy(
  { store }: Context,
  stored: StoredSession,
  locale: string,
): Promise<DiscountCopy | null> {
  const { redemption } = stored.extra;
  if (redemption === null) return null;
  const { coupon, promotionCode } = redemption;
  const code = promotionCode && await store.get(PROMOTION_CODE, promotionCode);
  const minor = discountMinor(stored);
  return {
    name: code ? code.object.code : coupon.name ?? "Discount",
    terms: discountLabel(coupon, locale),
    amount: formatMoney(-minor, stored.object.currency ?? "usd", locale),
  };
}

async function readLine({ store }: Context, line: Line): Promise<PricedLine> {
  const price = await store.get(PRICE, line.price);
  if (price === null) {
    throw new TypeError(`Cannot show line ${line.id}: it has no price`);
  }
  const product = await store.get(PRODUCT, price.object.product);
  const description = product?.object.description ?? null;
  return { line, price: price.object, description };
}

function lineCopy(
  { line, price, description }: PricedLine,
  money: (minor: number) => string,
): LineCopy {
  const interval = line.recurring ? ` ${intervalText(price)}` : "";
  return {
    id: line.id,
    name: line.description,
    description,
    quantity: line.quantity,
    amount: money(line.amountMinor),
    each: line.quantity > 1
      ? `${money(Math.round(line.amountMinor / line.quantity))}${interval} each`
      : null,
  };
}

function titleText(stored: StoredSession, name: string): string {
  if (stored.object.mode === "payment") return name || "Your order";
  return hasTrial(stored.extra.subscription)
    ? `Try ${name}`
    : `Subscribe to ${name}`;
}

/** A price's billing interval: "per month", "every 3 months", "" for a one-time price. */
export function intervalText({ recurring }: ApiPrice): string {
  if (recurring === null) return "";
  const { interval, interval_count: count } = recurring;
  return count === 1 ? `per ${interval}` : `every ${count} ${interval}s`;
}

const DAY_SEC = 86_400;

function trialText(
  context: Context,
  { extra }: StoredSession,
  copy: { price: string; interval: string; locale: string },
): string | null {
  if (extra.subscription === null || !hasTrial(extra.subscription)) return null;
  const { trialEndSec, trialPeriodDays } = extra.subscription;
  const startSec = nowSec(context);
  const endSec = trialEndSec ?? startSec + (trialPeriodDays ?? 0) * DAY_SEC;
  const days = trialPeriodDays ?? Math.round((endSec - startSec) / DAY_SEC);
  const free = days === 1 ? "1 day free" : `${days} days free`;
  const day = formatDay(endSec, copy.locale);
  return `${free}, then ${copy.price} ${copy.interval} starting ${day}.`;
}

function submitText({ object, extra }: StoredSession, due: string): string {
  if (object.mode === "subscription") {
    return hasTrial(extra.subscription) ? "Start trial" : "Subscribe";
  }
  const verb = { book: "Book", donate: "Donate", subscribe: "Subscribe" }[
    String(object.submit_type)
  ] ?? "Pay";
  if (dueTodayMinor({ extra }) === 0) return "Complete order";
  return verb === "Subscribe" || verb === "Book" ? verb : `${verb} ${due}`;
}
