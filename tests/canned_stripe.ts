import { createPriceList } from "@/lib/prices.ts";
import type { Services } from "@/lib/services.ts";
import { createStripe } from "@/lib/stripe.ts";
import { giveCustomer, openTestApp, type TestApp } from "./app.ts";

/** What Stripe answers to a GET of these paths, `prices` apart. */
export type Canned = Record<string, unknown>;

/** An app with a customer, and services whose Stripe says what a test wants. */
export interface CannedApp extends TestApp {
  services: Services;
  customer: string;
  canned: Canned;
  /** Paths that were asked for, in order. */
  asked: string[];
}

/**
 * Opens an app with a Stripe that has what the local one has no way to: any
 * invoice, refund or dispute. It answers through the real SDK.
 */
export async function openCannedApp(): Promise<CannedApp> {
  const app = await openTestApp();
  const customer = await giveCustomer(app);
  const canned: Canned = {};
  const asked: string[] = [];
  const stripe = createStripe({ mode: "sandbox" }, (input) => {
    const { pathname } = new URL(new Request(input).url);
    asked.push(pathname);
    return Promise.resolve(answer(pathname, canned));
  });
  const { now, log } = app.services;
  const prices = createPriceList({ stripe, now, log });
  const services = { ...app.services, stripe, prices };
  return Object.assign(app, { services, customer, canned, asked });
}

function answer(path: string, canned: Canned): Response {
  if (path === "/v1/prices") return Response.json(list(PRICES));
  if (path in canned) return Response.json(canned[path]);
  const error = { type: "invalid_request_error", code: "resource_missing" };
  return Response.json({ error }, { status: 404 });
}

/** A list as Stripe gives one. */
export function list(data: unknown[]) {
  return { object: "list", data, has_more: false, url: "/v1/list" };
}

function price(lookup_key: string, recurring: unknown = null) {
  const [plan = ""] = lookup_key.split("_");
  return {
    id: `price_${lookup_key}`,
    object: "price",
    currency: "usd",
    product: recurring === null ? `prod_${lookup_key}` : `prod_${plan}`,
    unit_amount: 1_000,
    ...{ lookup_key, recurring },
  };
}

const every = (interval: string) => ({ interval, interval_count: 1 });

export const PRICES = [
  price("pro_month", every("month")),
  price("pro_year", every("year")),
  price("scale_month", every("month")),
  price("scale_year", every("year")),
  price("credits_small"),
  price("credits_medium"),
];
