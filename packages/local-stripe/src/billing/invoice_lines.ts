import type { Context } from "../context.ts";
import { type Debit, PRODUCT } from "../store/schema.ts";
import { formatMoney } from "../money.ts";
import type { ApiPrice, ApiSubscriptionItem } from "../api/api_types.ts";
import { amountOf, shareOf } from "./amounts.ts";
import { dayOf } from "./periods.ts";

/** A charge or credit for an invoice, now or the next one. */
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
  /** The subscription item. */
  item: string | null;
  proration: boolean;
}

/** The entry for an item's current period; a trial period is free. */
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
      : `${quantity} × ${name} (at ${describePrice(price)})`,
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

/** The entry for a one-time purchase. */
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

/** The record of a billed entry, for a later credit of unused time. */
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

/** The credit for the unused time of a debit; `null` if it amounts to nothing. */
export async function unusedTime(
  context: Context,
  debit: Debit,
  of: { item: ApiSubscriptionItem; atSec: number },
): Promise<Entry | null> {
  const startSec = Math.max(of.atSec, debit.startSec);
  const { endSec } = debit;
  if (endSec <= startSec) return null;
  const [left, total] = [endSec - startSec, endSec - debit.startSec];
  const amountMinor = -shareOf(debit.amountMinor, left, total);
  if (amountMinor === 0) return null;
  const { price: id, product, quantity } = debit;
  const sold = { price: { id, product }, quantity };
  const time = { label: "Unused time", startSec, endSec };
  return await prorated(context, of.item, { amountMinor, ...sold, ...time });
}

/** The charge for the rest of an item's current period; `null` if it is over. */
export async function remainingTime(
  context: Context,
  item: ApiSubscriptionItem,
  atSec: number,
): Promise<Entry | null> {
  const { current_period_start: start, current_period_end: endSec } = item;
  const startSec = Math.max(atSec, start);
  if (endSec <= startSec) return null;
  const { price, quantity } = item;
  const full = amountOf(unitOf(price), quantity);
  const amountMinor = shareOf(full, endSec - startSec, endSec - start);
  const time = { label: "Remaining time", startSec, endSec };
  return await prorated(context, item, {
    amountMinor,
    price,
    quantity,
    ...time,
  });
}

async function prorated(
  context: Context,
  item: ApiSubscriptionItem,
  of: Pick<Entry, "amountMinor" | "startSec" | "endSec" | "quantity"> & {
    label: string;
    price: { id: string; product: string };
  },
): Promise<Entry> {
  const { label, price: { id, product }, ...rest } = of;
  const name = await productName(context, product);
  const sold = rest.quantity === 1 ? name : `${rest.quantity} × ${name}`;
  return {
    ...rest,
    currency: item.price.currency,
    description: `${label} on ${sold} after ${dayOf(rest.startSec)}`,
    price: { id, product },
    unitDecimal: null,
    metadata: item.metadata,
    subscription: item.subscription,
    item: item.id,
    proration: true,
  };
}

/** The unit price in the minor unit, as a decimal string. */
export function unitOf(price: ApiPrice): string {
  return price.unit_amount_decimal ?? String(price.unit_amount ?? 0);
}

async function productName(context: Context, id: string): Promise<string> {
  return (await context.store.get(PRODUCT, id))?.object.name ?? id;
}

function describePrice(price: ApiPrice): string {
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
