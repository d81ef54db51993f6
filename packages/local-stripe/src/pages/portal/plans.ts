import type {
  ApiInvoice,
  ApiPrice,
  ApiSubscription,
} from "../../api/api_types.ts";
import { gather } from "../../api/pagination.ts";
import { discountIds } from "../../billing/discounts.ts";
import { withPrices } from "../../billing/recurring_prices.ts";
import { idOf } from "../../billing/subscription_objects.ts";
import { formatDay, formatMoney } from "../../money.ts";
import {
  DISCOUNT,
  INVOICE,
  isLive,
  PORTAL_CONFIGURATION,
  PRICE,
  PRODUCT,
  SCHEDULE,
  SUBSCRIPTION,
} from "../../store/schema.ts";
import { discountLabel } from "../discount_label.ts";
import { intervalText } from "../checkout/checkout_copy.ts";
import type { PortalSession } from "./portal_session.ts";

/** A subscription as the portal shows it. */
export interface Plan {
  subscription: ApiSubscription;
  /** "Pro", or "Pro and 2 more". */
  name: string;
  price: ApiPrice;
  quantity: number;
  /** "20% off until February 1, 2027", for each discount. */
  discounts: string[];
  /** The latest invoice, if it is open. */
  unpaid: ApiInvoice | null;
  /** The change scheduled for the end of the period. */
  next: { name: string; price: ApiPrice; atSec: number } | null;
}

/** A price to which the customer can change a plan. */
export interface Choice {
  price: ApiPrice;
  name: string;
  description: string | null;
  isCurrent: boolean;
}

const MAX_PLANS = 10;

/** The customer's live subscriptions, newest first, at most 10. */
export async function readPlans(portal: PortalSession): Promise<Plan[]> {
  const subscriptions = await gather(portal.context.store, {
    collection: SUBSCRIPTION,
    list: ["subscriptions_live_by_customer", portal.customer.id],
    wanted: MAX_PLANS,
    newestFirst: true,
    matches: ({ object }) => isLive(object),
  });
  return await Promise.all(
    subscriptions.map(({ object }) => toPlan(portal, object)),
  );
}

/** One of the customer's live subscriptions; `null` for any other id. */
export async function readPlan(
  portal: PortalSession,
  id: string,
): Promise<Plan | null> {
  const stored = await portal.context.store.get(SUBSCRIPTION, id);
  if (stored === null || stored.object.customer !== portal.customer.id) {
    return null;
  }
  return isLive(stored.object) ? await toPlan(portal, stored.object) : null;
}

async function toPlan(
  portal: PortalSession,
  stored: ApiSubscription,
): Promise<Plan> {
  const subscription = await withPrices(portal.context, stored);
  const { data } = subscription.items;
  const [first] = data;
  if (first === undefined) {
    throw new TypeError(`Cannot show ${stored.id}: it has no items`);
  }
  const name = await productName(portal, first.price);
  return {
    subscription,
    name: data.length === 1 ? name : `${name} and ${data.length - 1} more`,
    price: first.price,
    quantity: first.quantity,
    discounts: await readDiscounts(portal, subscription),
    unpaid: await readUnpaid(portal, subscription),
    next: await readScheduledChange(portal, subscription),
  };
}

async function readDiscounts(
  { context, locale }: PortalSession,
  subscription: ApiSubscription,
): Promise<string[]> {
  const ids = discountIds(subscription);
  const found = await Promise.all(
    ids.map((id) => context.store.get(DISCOUNT, id)),
  );
  return found.flatMap((stored) => {
    if (stored === null) return [];
    const { extra: coupon, object: { end } } = stored;
    const off = discountLabel(coupon, locale);
    if (end !== null) return [`${off}, until ${formatDay(end, locale)}`];
    return coupon.duration === "once" ? [`${off} the next payment`] : [off];
  });
}

async function readUnpaid(
  { context }: PortalSession,
  { latest_invoice: latest }: ApiSubscription,
): Promise<ApiInvoice | null> {
  const id = idOf(latest);
  const invoice = id === null ? null : await context.store.get(INVOICE, id);
  return invoice?.object.status === "open" ? invoice.object : null;
}

async function readScheduledChange(
  portal: PortalSession,
  { schedule: id }: ApiSubscription,
): Promise<Plan["next"]> {
  const { store } = portal.context;
  const schedule = id === null ? null : await store.get(SCHEDULE, id);
  if (!schedule) return null;
  const { current_phase: current, phases } = schedule.object;
  const phase = phases.find(({ start_date: start }) =>
    start === current?.end_date
  );
  const priceId = idOf(phase?.items[0]?.price ?? null);
  const price = priceId === null ? null : await store.get(PRICE, priceId);
  if (!phase || !price) return null;
  const name = await productName(portal, price.object);
  return { name, price: price.object, atSec: phase.start_date };
}

/** The prices that the configuration offers for a plan, by interval and then by amount. */
export async function readChoices(
  portal: PortalSession,
  plan: Plan,
): Promise<Choice[]> {
  const { store } = portal.context;
  const stored = await store.get(PORTAL_CONFIGURATION, portal.configuration.id);
  const ids = stored?.extra.products.flatMap(({ prices }) => prices) ?? [];
  const found = await Promise.all(ids.map((id) => store.get(PRICE, id)));
  const prices = found.flatMap((price) =>
    price?.object.active && price.object.currency === plan.price.currency
      ? [price.object]
      : []
  );
  const choices = await Promise.all(prices.map(async (price) => ({
    price,
    name: await productName(portal, price),
    description:
      (await store.get(PRODUCT, price.product))?.object.description ?? null,
    isCurrent: price.id === plan.price.id,
  })));
  return choices.sort((a, b) =>
    intervalDays(a.price) - intervalDays(b.price) ||
    unitAmount(a.price) - unitAmount(b.price)
  );
}

const DAYS = { day: 1, week: 7, month: 30, year: 365 };

/** Approximate length of a price's interval in days, to compare intervals. */
export function intervalDays({ recurring }: ApiPrice): number {
  if (recurring === null) return 0;
  const { interval, interval_count: count } = recurring;
  return DAYS[interval as keyof typeof DAYS] * count;
}

function unitAmount(price: ApiPrice): number {
  return price.unit_amount ?? Number(price.unit_amount_decimal);
}

async function productName(
  { context }: PortalSession,
  { product }: ApiPrice,
): Promise<string> {
  return (await context.store.get(PRODUCT, product))?.object.name ?? product;
}

/** A formatted price: "$29.00 per month", "2 × $29.00 per month". */
export function priceText(
  { price, quantity }: Pick<Plan, "price" | "quantity">,
  locale: string,
): string {
  const minor = Math.round(unitAmount(price));
  const amount = formatMoney(minor, price.currency, locale);
  const each = `${amount} ${intervalText(price)}`;
  return quantity > 1 ? `${quantity} × ${each}` : each;
}
