import type * as v from "valibot";
import { PAID_PLAN_IDS } from "@/lib/billing/plans.ts";
import {
  checkoutSchema,
  portalIntentSchema,
} from "@/lib/http/schemas/requests.ts";
import {
  healthResponse,
  notReadyResponse,
  plansResponse,
  urlResponse,
  webhookResponse,
} from "@/lib/http/schemas/responses.ts";
import {
  apiKeyChangeSchema,
  apiKeyResponse,
  apiKeysResponse,
  newApiKeyResponse,
  newApiKeySchema,
} from "@/lib/http/schemas/api_keys.ts";
import {
  activityQuery,
  activityResponse,
} from "@/lib/http/schemas/activity.ts";
import type { ServiceScope } from "@/lib/store/service_keys.ts";
import {
  invoicesQuery,
  invoicesResponse,
} from "@/lib/http/schemas/invoices.ts";
import { organizationExport } from "@/lib/http/schemas/organizations.ts";
import {
  adjustmentResponse,
  adjustmentSchema,
  balanceResponse,
  chargeResponse,
  chargeSchema,
  historyQuery,
  historyResponse,
  idempotencySchema,
  shortfallResponse,
} from "@/lib/http/schemas/wallet.ts";

/** The documentation of one response status. */
export interface ResponseDoc {
  description: string;
  schema?: v.GenericSchema;
  /** Whether `Accept: text/csv` gets all items as CSV. */
  csv?: true;
  /** An example body; without one, viewers generate it from the schema. */
  example?: object;
  /** Descriptions of the headers specific to this response, by name. */
  headers?: Record<string, string>;
}

/** The documentation of one method of one path. */
export interface Operation {
  method: "get" | "head" | "post" | "patch" | "delete";
  /** Parameters are written as `{id}`. */
  path: string;
  id: string;
  tag: string;
  summary: string;
  description?: string;
  /** The scopes that suffice for a key; `person` allows no keys. */
  access: "public" | "person" | readonly ServiceScope[];
  /** The schemas that the endpoint parses requests with. */
  query?: v.GenericSchema;
  headers?: v.GenericSchema;
  body?: v.GenericSchema;
  /** Example fields, for a query or body with several variants. */
  example?: object;
  /** Whether the body may be an HTML form. */
  form?: boolean;
  bodyOptional?: boolean;
  responses: Record<number, ResponseDoc>;
  /** Statuses of failures besides those that follow from the other fields. */
  failures?: readonly number[];
}

const READ = ["billing:read", "billing:manage"] as const;
const MANAGE = ["billing:manage"] as const;
const WRITE = ["organizations:write"] as const;

const PORTAL_EXAMPLE = { flow: "payment_method_update", locale: "en" };

const REDIRECT = { Location: "The URL to go to" };

/** All endpoints, in the order of the document. */
export const OPERATIONS: readonly Operation[] = [
  {
    method: "get",
    path: "/api/v1/operations/payment/customer-portal",
    id: "redirectToPortal",
    tag: "Portal",
    summary: "Redirect a browser to the customer portal",
    description:
      "Works as a plain link. The portal returns to the plans page. A " +
      "browser that navigates here gets errors as an HTML page.",
    access: MANAGE,
    query: portalIntentSchema,
    example: PORTAL_EXAMPLE,
    responses: {
      204: { description: "A prefetch; no session is created" },
      302: { description: "Redirect to the portal", headers: REDIRECT },
    },
    failures: [404],
  },
  {
    method: "head",
    path: "/api/v1/operations/payment/customer-portal",
    id: "checkPortal",
    tag: "Portal",
    summary: "Check whether the portal can be opened",
    access: MANAGE,
    query: portalIntentSchema,
    example: PORTAL_EXAMPLE,
    responses: {
      200: { description: "The portal can be opened; no session is created" },
    },
    failures: [404],
  },
  {
    method: "post",
    path: "/api/v1/account/billing-portal",
    id: "openPortal",
    tag: "Portal",
    summary: "Create a customer portal session",
    access: MANAGE,
    body: portalIntentSchema,
    example: PORTAL_EXAMPLE,
    bodyOptional: true,
    responses: {
      200: { description: "The URL to redirect to", schema: urlResponse },
    },
  },
  {
    method: "post",
    path: "/api/v1/operations/payment/checkout",
    id: "openCheckout",
    tag: "Checkout",
    summary: "Start Checkout for a plan or a credit pack",
    access: MANAGE,
    body: checkoutSchema,
    example: { plan: PAID_PLAN_IDS[0], interval: "month" },
    form: true,
    responses: {
      200: { description: "The URL to redirect to", schema: urlResponse },
      303: {
        description: "For a form: redirect to Checkout",
        headers: REDIRECT,
      },
    },
    failures: [404, 409],
  },
  {
    method: "get",
    path: "/api/v1/plans",
    id: "listPlans",
    tag: "Checkout",
    summary: "List plans and credit packs with prices",
    access: "public",
    responses: {
      200: { description: "The catalogue", schema: plansResponse },
    },
  },
  {
    method: "get",
    path: "/api/v1/account/balance",
    id: "readBalance",
    tag: "Wallet",
    summary: "Retrieve plan, status and token balance",
    access: READ,
    responses: {
      200: { description: "The current balance", schema: balanceResponse },
    },
  },
  {
    method: "get",
    path: "/api/v1/billing/history",
    id: "listHistory",
    tag: "Wallet",
    summary: "List the wallet's ledger, newest first",
    access: READ,
    query: historyQuery,
    responses: {
      200: {
        description: "A page of entries; as CSV, all entries of the range",
        schema: historyResponse,
        csv: true,
      },
    },
  },
  {
    method: "post",
    path: "/api/v1/billing/charges",
    id: "charge",
    tag: "Wallet",
    summary: "Charge tokens, once per Idempotency-Key",
    access: ["usage:write"],
    headers: idempotencySchema,
    body: chargeSchema,
    responses: {
      200: {
        description: "Charged by an earlier request",
        schema: chargeResponse,
      },
      201: { description: "Charged", schema: chargeResponse },
      402: {
        description: "Insufficient balance; nothing was charged",
        schema: shortfallResponse,
      },
    },
    failures: [409],
  },
  {
    method: "post",
    path: "/api/v1/billing/adjustments",
    id: "adjust",
    tag: "Wallet",
    summary: "Add or take purchased tokens, once per Idempotency-Key",
    description:
      "Takes no more than the remaining purchased tokens. The response " +
      "contains the number of tokens added or taken.",
    access: WRITE,
    headers: idempotencySchema,
    body: adjustmentSchema,
    responses: {
      200: {
        description: "Adjusted by an earlier request",
        schema: adjustmentResponse,
      },
      201: { description: "Adjusted", schema: adjustmentResponse },
    },
    failures: [409],
  },
  {
    method: "get",
    path: "/api/v1/billing/invoices",
    id: "listInvoices",
    tag: "Invoices",
    summary: "List Stripe invoices, newest first",
    access: READ,
    query: invoicesQuery,
    responses: {
      200: {
        description: "A page of invoices; as CSV, all invoices",
        schema: invoicesResponse,
        csv: true,
      },
    },
  },
  {
    method: "get",
    path: "/api/v1/account/activity",
    id: "listActivity",
    tag: "Activity",
    summary: "List the account's activity, newest first",
    description:
      "Plan changes, payments, portal and Checkout visits, API keys, each " +
      "with its actor. Kept for a year.",
    access: READ,
    query: activityQuery,
    responses: {
      200: { description: "A page of activities", schema: activityResponse },
    },
  },
  {
    method: "get",
    path: "/api/v1/account/credentials",
    id: "listApiKeys",
    tag: "API keys",
    summary: "List the organization's API keys",
    access: "person",
    responses: {
      200: {
        description: "The API keys, newest first",
        schema: apiKeysResponse,
      },
    },
  },
  {
    method: "post",
    path: "/api/v1/account/credentials",
    id: "createApiKey",
    tag: "API keys",
    summary: "Create an API key; it is shown once",
    access: "person",
    body: newApiKeySchema,
    responses: {
      201: {
        description: "The API key; store `key` now",
        schema: newApiKeyResponse,
      },
    },
    failures: [409],
  },
  {
    method: "patch",
    path: "/api/v1/account/credentials/{id}",
    id: "changeApiKey",
    tag: "API keys",
    summary: "Change an API key's name or scopes",
    access: "person",
    body: apiKeyChangeSchema,
    example: { name: "Build server", scopes: ["billing:read"] },
    responses: {
      200: { description: "The API key", schema: apiKeyResponse },
    },
    failures: [404],
  },
  {
    method: "post",
    path: "/api/v1/account/credentials/{id}/rotate",
    id: "rotateApiKey",
    tag: "API keys",
    summary: "Replace an API key; both work for 24 hours",
    description:
      "The successor has the same name, scopes and lifetime. A repeat within " +
      "ten seconds replaces the successor if it is unused.",
    access: "person",
    responses: {
      201: {
        description: "The successor; store `key` now",
        schema: newApiKeyResponse,
      },
    },
    failures: [404, 409],
  },
  {
    method: "delete",
    path: "/api/v1/account/credentials/{id}",
    id: "revokeApiKey",
    tag: "API keys",
    summary: "Revoke an API key immediately",
    access: "person",
    responses: { 204: { description: "The API key is revoked" } },
    failures: [404],
  },
  {
    method: "get",
    path: "/api/v1/organizations/{id}",
    id: "exportOrganization",
    tag: "Organizations",
    summary: "Export all records of an organization",
    access: WRITE,
    responses: {
      200: { description: "All records", schema: organizationExport },
    },
  },
  {
    method: "delete",
    path: "/api/v1/organizations/{id}",
    id: "deleteOrganization",
    tag: "Organizations",
    summary: "End an organization's billing and erase its records",
    description:
      "Cancels its subscriptions, expires its open Checkout sessions and " +
      "revokes its keys. The Stripe customer and its invoices stay. After a " +
      "failure, repeat the call to complete the deletion.",
    access: WRITE,
    responses: { 204: { description: "The organization is deleted" } },
  },
  {
    method: "post",
    path: "/api/v1/webhooks/stripe",
    id: "receiveEvent",
    tag: "Operation",
    summary: "Receive a signed Stripe event",
    access: "public",
    responses: {
      200: { description: "The event is processed", schema: webhookResponse },
    },
    failures: [400, 408, 413, 503],
  },
  {
    method: "get",
    path: "/healthz",
    id: "health",
    tag: "Operation",
    summary: "Check that the process is running",
    access: "public",
    responses: {
      200: { description: "The process is running", schema: healthResponse },
    },
  },
  {
    method: "get",
    path: "/readyz",
    id: "readiness",
    tag: "Operation",
    summary: "Check that the process can serve requests",
    access: "public",
    responses: {
      200: { description: "Ready", schema: healthResponse },
      503: {
        description: "Not ready; `failing` names the parts",
        schema: notReadyResponse,
      },
    },
  },
  {
    method: "get",
    path: "/openapi.json",
    id: "openapi",
    tag: "Operation",
    summary: "Retrieve this document",
    access: "public",
    responses: { 200: { description: "The OpenAPI 3.1 document" } },
  },
];
