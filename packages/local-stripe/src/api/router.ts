import { BILLING_ROUTES } from "./billing_routes.ts";
import type { Endpoint } from "./endpoint.ts";
import { type ApiError, invalidRequest, notImplemented } from "./errors.ts";
import { retrieveAccount } from "../resources/account.ts";
import {
  createCheckoutSession,
  expireCheckoutSession,
  listCheckoutLineItems,
  listCheckoutSessions,
  retrieveCheckoutSession,
  updateCheckoutSession,
} from "../resources/checkout_sessions.ts";
import { createCoupon, retrieveCoupon } from "../resources/coupons.ts";
import {
  createCustomer,
  deleteCustomer,
  listCustomers,
  retrieveCustomer,
  updateCustomer,
} from "../resources/customers.ts";
import {
  attachPaymentMethod,
  createPaymentMethod,
  detachPaymentMethod,
  listCustomerPaymentMethods,
  listPaymentMethods,
  retrieveCustomerPaymentMethod,
  retrievePaymentMethod,
  updatePaymentMethod,
} from "../resources/payment_methods.ts";
import {
  createConfiguration,
  listConfigurations,
  retrieveConfiguration,
  updateConfiguration,
} from "../resources/portal_configurations.ts";
import { createPortalSession } from "../resources/portal_sessions.ts";
import {
  confirmPaymentPage,
  retrievePaymentPage,
} from "../resources/payment_pages.ts";
import { listEvents, retrieveEvent, retryEvent } from "../resources/events.ts";
import {
  listInvoiceLines,
  listInvoices,
  retrieveInvoice,
} from "../resources/invoices.ts";
import {
  createPrice,
  listPrices,
  retrievePrice,
  updatePrice,
} from "../resources/prices.ts";
import {
  createProduct,
  deleteProduct,
  listProducts,
  retrieveProduct,
  updateProduct,
} from "../resources/products.ts";
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  listWebhookEndpoints,
  retrieveWebhookEndpoint,
  updateWebhookEndpoint,
} from "../resources/webhook_endpoints.ts";
import { searchCustomers } from "../resources/customer_search.ts";
import { isStripePath } from "./unimplemented.ts";

/** Every URL that is answered. `*` is an id; the first that fits is taken. */
const ROUTES: Record<string, Endpoint> = {
  ...BILLING_ROUTES,
  "GET /v1/account": retrieveAccount,

  "POST /v1/billing_portal/configurations": createConfiguration,
  "GET /v1/billing_portal/configurations": listConfigurations,
  "GET /v1/billing_portal/configurations/*": retrieveConfiguration,
  "POST /v1/billing_portal/configurations/*": updateConfiguration,
  "POST /v1/billing_portal/sessions": createPortalSession,

  "POST /v1/checkout/sessions": createCheckoutSession,
  "GET /v1/checkout/sessions": listCheckoutSessions,
  "GET /v1/checkout/sessions/*": retrieveCheckoutSession,
  "POST /v1/checkout/sessions/*": updateCheckoutSession,
  "POST /v1/checkout/sessions/*/expire": expireCheckoutSession,
  "GET /v1/checkout/sessions/*/line_items": listCheckoutLineItems,

  "POST /v1/coupons": createCoupon,
  "GET /v1/coupons/*": retrieveCoupon,

  "POST /v1/customers": createCustomer,
  "GET /v1/customers": listCustomers,
  "GET /v1/customers/search": searchCustomers,
  "GET /v1/customers/*": retrieveCustomer,
  "POST /v1/customers/*": updateCustomer,
  "DELETE /v1/customers/*": deleteCustomer,
  "GET /v1/customers/*/payment_methods": listCustomerPaymentMethods,
  "GET /v1/customers/*/payment_methods/*": retrieveCustomerPaymentMethod,

  "GET /v1/events": listEvents,
  "GET /v1/events/*": retrieveEvent,
  "POST /v1/events/*/retry": retryEvent,

  "GET /v1/invoices": listInvoices,
  "GET /v1/invoices/*": retrieveInvoice,
  "GET /v1/invoices/*/lines": listInvoiceLines,

  "POST /v1/payment_methods": createPaymentMethod,
  "GET /v1/payment_methods": listPaymentMethods,
  "GET /v1/payment_methods/*": retrievePaymentMethod,
  "POST /v1/payment_methods/*": updatePaymentMethod,
  "POST /v1/payment_methods/*/attach": attachPaymentMethod,
  "POST /v1/payment_methods/*/detach": detachPaymentMethod,

  "GET /v1/payment_pages/*": retrievePaymentPage,
  "POST /v1/payment_pages/*/confirm": confirmPaymentPage,

  "POST /v1/prices": createPrice,
  "GET /v1/prices": listPrices,
  "GET /v1/prices/*": retrievePrice,
  "POST /v1/prices/*": updatePrice,

  "POST /v1/products": createProduct,
  "GET /v1/products": listProducts,
  "GET /v1/products/*": retrieveProduct,
  "POST /v1/products/*": updateProduct,
  "DELETE /v1/products/*": deleteProduct,

  "POST /v1/webhook_endpoints": createWebhookEndpoint,
  "GET /v1/webhook_endpoints": listWebhookEndpoints,
  "GET /v1/webhook_endpoints/*": retrieveWebhookEndpoint,
  "POST /v1/webhook_endpoints/*": updateWebhookEndpoint,
  "DELETE /v1/webhook_endpoints/*": deleteWebhookEndpoint,
};

const COMPILED = Object.entries(ROUTES).map(([route, endpoint]) => {
  const [method = "", path = ""] = route.split(" ");
  return { method, parts: path.split("/"), endpoint };
});

/**
 * The endpoint of a URL, and the ids in its path.
 *
 * @throws {ApiError} 501 for a URL that Stripe has and this has not; 404 for one that Stripe
 * does not have either.
 */
export function findEndpoint(
  method: string,
  path: string,
): { endpoint: Endpoint; ids: string[] } {
  const given = path.split("/");
  for (const { endpoint, parts, ...route } of COMPILED) {
    if (route.method !== method || parts.length !== given.length) continue;
    if (
      !parts.every((part, place) =>
        part === given[place] || fits(part, given[place])
      )
    ) continue;
    const ids = given.filter((_part, place) => parts[place] === "*").map(
      decodeURIComponent,
    );
    return { endpoint, ids };
  }
  if (isStripePath(method, path)) throw notImplemented(`${method} ${path}`);
  throw unrecognized(method, path);
}

// "search" is never an id: it is an endpoint beside the ids.
function fits(part: string, given: string | undefined): boolean {
  return part === "*" && given !== undefined && given !== "" &&
    given !== "search" &&
    given !== "create_preview" && /^(?:[\w.~-]|%[0-9A-Fa-f]{2})+$/.test(given);
}

function unrecognized(method: string, path: string): ApiError {
  return invalidRequest(
    `Unrecognized request URL (${method}: ${path}). See https://stripe.com/docs for the URLs there are.`,
    { status: 404 },
  );
}
