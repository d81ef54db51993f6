import { account } from "../resources/account.ts";
import { balanceTransactions } from "../resources/balance_transactions.ts";
import { checkoutSessions } from "../resources/checkout_sessions.ts";
import { coupons } from "../resources/coupons.ts";
import { customers } from "../resources/customers.ts";
import { disputes } from "../resources/disputes.ts";
import { EMPTY_LISTS } from "../resources/empty_lists.ts";
import { events } from "../resources/events.ts";
import { invoiceItems } from "../resources/invoice_items.ts";
import { invoices } from "../resources/invoices.ts";
import { paymentMethods } from "../resources/payment_methods.ts";
import { paymentPages } from "../resources/payment_pages.ts";
import { plans } from "../resources/plans.ts";
import {
  charges,
  invoicePayments,
  paymentIntents,
} from "../resources/payments.ts";
import { portalConfigurations } from "../resources/portal_configurations.ts";
import { portalSessions } from "../resources/portal_sessions.ts";
import { prices } from "../resources/prices.ts";
import { products } from "../resources/products.ts";
import { promotionCodes } from "../resources/promotion_codes.ts";
import { refunds } from "../resources/refunds.ts";
import { subscriptionItems } from "../resources/subscription_items.ts";
import { subscriptionSchedules } from "../resources/subscription_schedules.ts";
import { subscriptions } from "../resources/subscriptions.ts";
import { testClocks } from "../resources/test_clocks.ts";
import { webhookEndpoints } from "../resources/webhook_endpoints.ts";
import type { Endpoint } from "./endpoint.ts";
import { type ApiError, invalidRequest, notImplemented } from "./errors.ts";
import type { ObjectType, Resource } from "./resource.ts";
import { isStripePath, replacementOf } from "./unimplemented.ts";

/** All resources of the API. */
export const RESOURCES: Resource[] = [
  account,
  balanceTransactions,
  charges,
  checkoutSessions,
  coupons,
  customers,
  disputes,
  ...EMPTY_LISTS,
  events,
  invoiceItems,
  invoicePayments,
  invoices,
  paymentIntents,
  paymentMethods,
  paymentPages,
  plans,
  portalConfigurations,
  portalSessions,
  prices,
  products,
  promotionCodes,
  refunds,
  subscriptionItems,
  subscriptionSchedules,
  subscriptions,
  testClocks,
  webhookEndpoints,
];

/** The object types of all resources, by name. */
export const OBJECT_TYPES: Record<string, ObjectType> = Object.fromEntries(
  RESOURCES.flatMap(({ types }) => Object.entries(types)),
);

const ROUTES = RESOURCES.flatMap(({ routes }) => Object.entries(routes))
  .map(([route, endpoint]) => {
    const [method = "", path = ""] = route.split(" ");
    return { method, parts: path.split("/"), endpoint };
  });

/**
 * Finds the endpoint of a URL and the ids in its path.
 *
 * @throws {ApiError} 501 for a URL that only Stripe has; 404 for one that Stripe does not have
 * either.
 */
export function findEndpoint(
  method: string,
  path: string,
): { endpoint: Endpoint; ids: string[] } {
  const given = path.split("/");
  const found = ROUTES.find((route) =>
    route.method === method && route.parts.length === given.length &&
    route.parts.every((part, place) => fits(part, given[place] ?? ""))
  );
  if (found === undefined) {
    throw isStripePath(method, path)
      ? notImplemented(`${method} ${path}`)
      : unrecognized(method, path);
  }
  const ids = given.filter((_part, place) => found.parts[place] === "*");
  return { endpoint: found.endpoint, ids: ids.map(decodeURIComponent) };
}

/** Paths beside the ids of a resource. */
const NO_IDS = new Set(["search", "create_preview", "upcoming"]);

function fits(part: string, given: string): boolean {
  if (part !== "*") return part === given;
  return !NO_IDS.has(given) && /^(?:[\w.~-]|%[0-9A-Fa-f]{2})+$/.test(given);
}

function unrecognized(method: string, path: string): ApiError {
  const instead = replacementOf(method, path);
  const hint = instead === undefined
    ? "See https://stripe.com/docs for the URLs there are."
    : `Stripe has removed it: use ${instead}.`;
  return invalidRequest(
    `Unrecognized request URL (${method}: ${path}). ${hint}`,
    { status: 404 },
  );
}
