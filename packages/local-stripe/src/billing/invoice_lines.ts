import type { Context } from "../context.ts";
import { type Debit, PRODUCT } from "../store/schema.ts";
import { formatMoney } from "../money.ts";
import type { ApiPrice, ApiSubscriptionItem } from "../api/api_types.ts";
import { amountOf, shareOf } from "./amounts.ts";
import { dayOf } from "./periods.ts";

/** Something to be put on an invoice, now or with the next one. */
export interface Entry {
  amountMinor: number;
  currency: string;
  description: string;
  startSec: number;
  endSec: number;
  quantity: number;
  unitDecimal: string | null;
  price: { id: string; product: string } | null;
  metadata: Record<string, string>;
  subscription: string | null;
  /** The subscription's item that it is for. */
  item: string | null;
  proration: boolean;
}

/** What one item costs for its current period, or what a trial of it does not. */
export async function periodEntry(
  context: Context,
  item: ApiSubscriptionItem,
  of: { trial: boolean },
): Promise<Entry> {
  const { price, quantity } = item;
  const name = await productName(context, price.product);
  const unit = of.trial ? "0" : unitOf(price);
  return {
    amountMinor: amountOf(unit, quantity),
    currency: price.currency,
    description: of.trial
      ? `Trial period for ${name}`
      : `${quantity} × ${name} (at ${priceInWords(price)})`,
    startSec: item.current_period_start,
    endSec: item.current_period_end,
    quantity,
    unitDecimal: unit,
    price: { id: price.id, product: price.product },
    metadata: item.metadata,
    subscription: item.subscription,
    item: item.id,
    proration: false,
  };
}

/** Something that is sold once, by its price. */
export async function productEntry(
  context: Context,
  price: ApiPrice,
  of: { amountMinor: number; quantity: number; atSec: number },
): Promise<Entry> {
  return {
    amountMinor: of.amountMinor,
    currency: price.currency,
    description: await productName(context, price.product),
    startSec: of.atSec,
    endSec: of.atSec,
    quantity: of.quantity,
    unitDecimal: unitOf(price),
    price: { id: price.id, product: price.product },
    metadata: {},
    subscription: null,
    item: null,
    proration: false,
  };
}

/** What an entry leaves to be credited, should its time not be used. */
export function debitOf(entry: Entry): Debit {
  return {
    item: entry.item ?? "",
    amountMinor: entry.amountMinor,
    startSec: entry.startSec,
    endSec: entry.endSec,
    description: entry.description,
    price: entry.price?.id ?? "",
    product: entry.price?.product ?? "",
    unitDecimal: entry.unitDecimal,
    quantity: entry.quantity,
  };
}

/** The credit for the time of a debit that is left at a moment; of nothing for nothing. */
export async function unusedTime(
  context: Context,
  debit: Debit,
  of: { item: ApiSubscriptionItem; atSec: number },
): Promise<Entry | null> {
  const { item, atSec } = of;
  const fromSec = Math.max(atSec, debit.startSec);
  const left = debit.endSec - fromSec;
  if (left <= 0) return null;
  const whole = debit.endSec - debit.startSec;
  const amountMinor = -shareOf(debit.amountMinor, left, whole);
  if (amountMinor === 0) return null;
  const name = await productName(context, debit.product);
  return {
    ...prorated(item, { startSec: fromSec, endSec: debit.endSec }),
    amountMinor,
    description: `Unused time on ${counted(name, debit.quantity)} after ${
      dayOf(fromSec)
    }`,
    quantity: debit.quantity,
    price: { id: debit.price, product: debit.product },
  };
}

/** What an item costs from a moment to the end of its current period. */
export async function remainingTime(
  context: Context,
  item: ApiSubscriptionItem,
  atSec: number,
): Promise<Entry | null> {
  const { current_period_start: start, current_period_end: endSec } = item;
  const startSec = Math.max(atSec, start);
  if (endSec <= startSec) return null;
  const full = amountOf(unitOf(item.price), item.quantity);
  const name = await productName(context, item.price.product);
  return {
    ...prorated(item, { startSec, endSec }),
    amountMinor: shareOf(full, endSec - startSec, endSec - start),
    description: `Remaining time on ${counted(name, item.quantity)} after ${
      dayOf(startSec)
    }`,
    quantity: item.quantity,
    price: { id: item.price.id, product: item.price.product },
  };
}

function prorated(
  item: ApiSubscriptionItem,
  time: { startSec: number; endSec: number },
) {
  return {
    ...time,
    currency: item.price.currency,
    unitDecimal: null,
    metadata: item.metadata,
    subscription: item.subscription,
    item: item.id,
    proration: true,
  };
}

function counted(name: string, quantity: number): string {
  return quantity === 1 ? name : `${quantity} × ${name}`;
}

/** The unit price as decimal text in the minor unit. */
export function unitOf(price: ApiPrice): string {
  return price.unit_amount_decimal ?? String(price.unit_amount ?? 0);
}

async function productName(context: Context, id: string): Promise<string> {
  return (await context.store.get(PRODUCT, id))?.object.name ?? id;
}

function priceInWords(price: ApiPrice): string {
  const { unit_amount: amount, currency, recurring } = price;
  const money = amount === null
    ? `${price.unit_amount_decimal} ${currency.toUpperCase()} minor units`
    : formatMoney(amount, currency, "en-US");
  if (recurring === null) return money;
  const { interval, interval_count: count } = recurring;
  return count === 1
    ? `${money} / ${interval}`
    : `${money} every ${count} ${interval}s`;
}
