import {
  discountMinor,
  dueTodayMinor,
  hasTrial,
  type Line,
  type StoredSession,
} from "../../checkout/session.ts";
import type { Context } from "../../context.ts";
import { PRICE, PRODUCT } from "../../store/schema.ts";
import type { ApiPrice } from "../../api/api_types.ts";
import { formatDay, formatMoney } from "../../money.ts";

/** What the page says of a session, in words and amounts for people. */
export interface OrderCopy {
  /** "Subscribe to Pro", "Pay Portico", "Try Pro". */
  title: string;
  /** The one amount to look at: what recurs, or the total. */
  price: string;
  /** "per month", "" for what is paid once. */
  per: string;
  /** "14 days free, then …", or null. */
  trial: string | null;
  lines: LineCopy[];
  /** What a coupon takes off, or null. */
  discount: string | null;
  dueToday: string;
  /** On the button. */
  submit: string;
}

export interface LineCopy {
  id: string;
  name: string;
  description: string | null;
  quantity: number;
  amount: string;
  /** "$29.00 per month each", where there is more than one. */
  each: string | null;
}

interface Sold {
  line: Line;
  price: ApiPrice;
  description: string | null;
}

/** Reads what is sold and puts it into words. */
export async function orderCopy(
  context: Context,
  stored: StoredSession,
  locale: string,
): Promise<OrderCopy> {
  const sold = await Promise.all(
    stored.extra.lines.map((line) => soldOf(context, line)),
  );
  const money = (minor: number) =>
    formatMoney(minor, stored.object.currency ?? "usd", locale);
  const lead = sold.find(({ line }) => line.recurring) ?? sold[0];
  const recurring = sold.filter(({ line }) => line.recurring)
    .reduce((sum, { line }) => sum + line.amountMinor, 0);
  const due = dueTodayMinor(stored);
  const off = discountMinor(stored);
  const per = lead?.line.recurring ? perInterval(lead.price) : "";
  const price = money(per === "" ? due : recurring);
  return {
    title: titleOf(stored, lead?.line.description ?? ""),
    price,
    per,
    trial: trialWords(context, stored, { price, per, locale }),
    lines: sold.map((one) => lineWords(one, money)),
    discount: off > 0 ? money(-off) : null,
    dueToday: money(due),
    submit: submitWords(stored, money(due)),
  };
}

async function soldOf({ store }: Context, line: Line): Promise<Sold> {
  const price = await store.get(PRICE, line.price);
  if (price === null) {
    throw new TypeError(`Cannot show line ${line.id}: it has no price`);
  }
  const product = await store.get(PRODUCT, price.object.product);
  const description = product?.object.description ?? null;
  return { line, price: price.object, description };
}

function lineWords(
  { line, price, description }: Sold,
  money: (minor: number) => string,
): LineCopy {
  const per = line.recurring ? ` ${perInterval(price)}` : "";
  return {
    id: line.id,
    name: line.description,
    description,
    quantity: line.quantity,
    amount: money(line.amountMinor),
    each: line.quantity > 1
      ? `${money(Math.round(line.amountMinor / line.quantity))}${per} each`
      : null,
  };
}

function titleOf(stored: StoredSession, name: string): string {
  if (stored.object.mode === "payment") return name || "Your order";
  return hasTrial(stored.extra.subscription)
    ? `Try ${name}`
    : `Subscribe to ${name}`;
}

/** "per month", "every 3 months". */
export function perInterval({ recurring }: ApiPrice): string {
  if (recurring === null) return "";
  const { interval, interval_count: count } = recurring;
  return count === 1 ? `per ${interval}` : `every ${count} ${interval}s`;
}

const DAY_SEC = 86_400;

function trialWords(
  context: Context,
  { extra }: StoredSession,
  of: { price: string; per: string; locale: string },
): string | null {
  if (extra.subscription === null || !hasTrial(extra.subscription)) return null;
  const { trialEndSec, trialPeriodDays: days } = extra.subscription;
  const nowSec = Math.floor(context.now() / 1_000);
  const endSec = trialEndSec ?? nowSec + (days ?? 0) * DAY_SEC;
  const left = days ?? Math.round((endSec - nowSec) / DAY_SEC);
  const free = left === 1 ? "1 day free" : `${left} days free`;
  return `${free}, then ${of.price} ${of.per} from ${
    formatDay(endSec, of.locale)
  }.`;
}

function submitWords({ object, extra }: StoredSession, due: string): string {
  if (object.mode === "subscription") {
    return hasTrial(extra.subscription) ? "Start trial" : "Subscribe";
  }
  const verb = { book: "Book", donate: "Donate", subscribe: "Subscribe" }[
    String(object.submit_type)
  ] ?? "Pay";
  if (dueTodayMinor({ extra }) === 0) return "Complete order";
  return verb === "Subscribe" || verb === "Book" ? verb : `${verb} ${due}`;
}
