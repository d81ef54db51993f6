import type { ApiPrice } from "../../api/api_types.ts";
import {
  discountMinor,
  dueTodayMinor,
  hasTrial,
} from "../../checkout/session.ts";
import type { Line, StoredSession } from "../../store/checkout_session.ts";
import { type Context, nowSec } from "../../context.ts";
import { formatDay, formatMoney } from "../../money.ts";
import { PRICE, PRODUCT } from "../../store/schema.ts";

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
  /** The coupon's discount, as a negative amount; `null` without one. */
  discount: string | null;
  dueToday: string;
  /** The button's text. */
  submit: string;
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
  const recurring = lines.filter(({ line }) => line.recurring);
  const recurringMinor = recurring
    .reduce((sum, { line }) => sum + line.amountMinor, 0);
  const lead = recurring[0] ?? lines[0];
  const dueToday = money(dueTodayMinor(stored));
  const discount = discountMinor(stored);
  const interval = lead?.line.recurring ? intervalText(lead.price) : "";
  const price = interval === "" ? dueToday : money(recurringMinor);
  return {
    title: titleText(stored, lead?.line.description ?? ""),
    price,
    interval,
    trial: trialText(context, stored, { price, interval, locale }),
    lines: lines.map((line) => lineCopy(line, money)),
    discount: discount > 0 ? money(-discount) : null,
    dueToday,
    submit: submitText(stored, dueToday),
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
  return `${free}, then ${copy.price} ${copy.interval} from ${day}.`;
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
