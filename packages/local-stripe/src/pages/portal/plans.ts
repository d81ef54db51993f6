import { withPrices } from "../../billing/recurring_prices.ts";
import { idOf } from "../../billing/subscription_objects.ts";
import {
  INVOICE,
  isLive,
  PORTAL_CONFIGURATION,
  PRICE,
  PRODUCT,
  SCHEDULE,
  SUBSCRIPTION,
} from "../../store/schema.ts";
import { gather } from "../../api/pagination.ts";
import {
  refusalFor,
  type SubscriptionFlow,
} from "../../resources/portal_flow_checks.ts";
import type {
  ApiInvoice,
  ApiPrice,
  ApiSubscription,
} from "../../api/api_types.ts";
import type { PortalSession } from "./portal_session.ts";

/** A subscription with what the portal says and does about it. */
export interface Plan {
  subscription: ApiSubscription;
  /** "Pro", or "Pro and 2 more". */
  name: string;
  price: ApiPrice;
  quantity: number;
  /** The latest invoice, while it waits to be paid. */
  unpaid: ApiInvoice | null;
  /** What it changes to when its period ends. */
  next: { name: string; price: ApiPrice; atSec: number } | null;
}

/** Something that a customer may change to. */
export interface Choice {
  price: ApiPrice;
  name: string;
  description: string | null;
  isCurrent: boolean;
}

const SHOWN = 10;

/** A customer's running subscriptions, the newest first, at most ten. */
export async function readPlans(portal: PortalSession): Promise<Plan[]> {
  const rows = await gather(portal.context.store, {
    collection: SUBSCRIPTION,
    list: ["subscriptions_live_by_customer", portal.customer.id],
    wanted: SHOWN,
    newestFirst: true,
    matches: ({ object }) => isLive(object),
  });
  return await Promise.all(rows.map(({ object }) => planOf(portal, object)));
}

/** One of the customer's own running subscriptions; `null` for any other. */
export async function readPlan(
  portal: PortalSession,
  id: string,
): Promise<Plan | null> {
  const stored = await portal.context.store.get(SUBSCRIPTION, id);
  if (stored === null || stored.object.customer !== portal.customer.id) {
    return null;
  }
  return isLive(stored.object) ? await planOf(portal, stored.object) : null;
}

async function planOf(
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
    unpaid: await unpaidOf(portal, subscription),
    next: await nextOf(portal, subscription),
  };
}

async function unpaidOf(
  { context }: PortalSession,
  { latest_invoice: latest }: ApiSubscription,
): Promise<ApiInvoice | null> {
  const id = idOf(latest);
  const invoice = id === null ? null : await context.store.get(INVOICE, id);
  return invoice?.object.status === "open" ? invoice.object : null;
}

async function nextOf(
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

/** What the configuration lets a customer change a plan to: by how often it is paid, then by price. */
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
    daysOf(a.price) - daysOf(b.price) || amountOf(a) - amountOf(b)
  );
}

const LENGTH = { day: 1, week: 7, month: 30, year: 365 };

/** About how many days a price pays for; enough to tell a shorter interval. */
export function daysOf({ recurring }: ApiPrice): number {
  if (recurring === null) return 0;
  const { interval, interval_count: count } = recurring;
  return LENGTH[interval as keyof typeof LENGTH] * count;
}

function amountOf({ price }: Choice): number {
  return price.unit_amount ?? Number(price.unit_amount_decimal);
}

async function productName(
  { context }: PortalSession,
  { product }: ApiPrice,
): Promise<string> {
  return (await context.store.get(PRODUCT, product))?.object.name ?? product;
}

/** Whether the configuration and the subscription both let a customer do something. */
export function may(
  portal: PortalSession,
  type: SubscriptionFlow,
  plan: Plan,
): boolean {
  const { features } = portal.configuration;
  const update = features.subscription_update;
  const enabled = {
    subscription_cancel: features.subscription_cancel.enabled,
    subscription_pause: features.subscription_pause?.enabled ?? false,
    subscription_update: update.enabled &&
      update.default_allowed_updates.includes("price"),
    subscription_update_confirm: update.enabled,
  }[type];
  return enabled && refusalFor(type, plan.subscription) === null;
}
