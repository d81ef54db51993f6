import type * as v from "valibot";
import { PAID_PLAN_IDS } from "@/lib/billing/plans.ts";
import {
  checkoutSchema,
  portalIntentSchema,
} from "@/lib/http/schemas/requests.ts";
import {
  healthAnswer,
  notReadyAnswer,
  plansAnswer,
  urlAnswer,
  webhookAnswer,
} from "@/lib/http/schemas/responses.ts";
import {
  apiKeysResponse,
  newApiKeyResponse,
  newApiKeySchema,
} from "@/lib/http/schemas/api_keys.ts";
import type { Scope } from "@/lib/store/api_keys.ts";
import { invoicesAnswer, invoicesQuery } from "@/lib/http/schemas/invoices.ts";
import {
  balanceAnswer,
  chargeAnswer,
  chargeSchema,
  historyAnswer,
  historyQuery,
  idempotencySchema,
  shortfallAnswer,
} from "@/lib/http/schemas/wallet.ts";

/** The documentation of one response status. */
export interface Answer {
  says: string;
  schema?: v.GenericSchema;
  /** An example body; without one, viewers generate it from the schema. */
  example?: object;
  /** Descriptions of the headers specific to this response, by name. */
  headers?: Record<string, string>;
}

/** The documentation of one method of one path. */
export interface Operation {
  method: "get" | "head" | "post" | "delete";
  /** Parameters are written as `{id}`. */
  path: string;
  id: string;
  tag: string;
  summary: string;
  description?: string;
  /** The scopes that suffice for an API key; `person` allows no API keys. */
  access: "public" | "person" | readonly Scope[];
  /** The schemas that the endpoint parses requests with. */
  query?: v.GenericSchema;
  headers?: v.GenericSchema;
  body?: v.GenericSchema;
  /** Example fields, for a query or body with several variants. */
  example?: object;
  /** Whether the body may be an HTML form. */
  form?: boolean;
  bodyOptional?: boolean;
  answers: Record<number, Answer>;
  /** Statuses of failures besides those that follow from the other fields. */
  failures?: readonly number[];
}

const READ = ["billing:read", "billing:manage"] as const;
const MANAGE = ["billing:manage"] as const;

const PORTAL_EXAMPLE = { flow: "payment_method_update", locale: "en" };

const REDIRECT = { Location: "Where to go" };

/** All endpoints, in the order of the document. */
export const OPERATIONS: readonly Operation[] = [
  {
    method: "get",
    path: "/api/v1/operations/payment/customer-portal",
    id: "redirectToPortal",
    tag: "Portal",
    summary: "Send a browser to the customer portal",
    description: "A plain link. The portal leads back to the plans page. A " +
      "browser that navigates gets failures as a page.",
    access: MANAGE,
    query: portalIntentSchema,
    example: PORTAL_EXAMPLE,
    answers: {
      204: { says: "A prefetch, for which no session is made" },
      302: { says: "To the portal", headers: REDIRECT },
    },
    failures: [404],
  },
  {
    method: "head",
    path: "/api/v1/operations/payment/customer-portal",
    id: "checkPortal",
    tag: "Portal",
    summary: "Ask whether the portal would open",
    access: MANAGE,
    query: portalIntentSchema,
    example: PORTAL_EXAMPLE,
    answers: { 200: { says: "It would; no session is made" } },
    failures: [404],
  },
  {
    method: "post",
    path: "/api/v1/account/billing-portal",
    id: "openPortal",
    tag: "Portal",
    summary: "Get a URL of the customer portal",
    access: MANAGE,
    body: portalIntentSchema,
    example: PORTAL_EXAMPLE,
    bodyOptional: true,
    answers: { 200: { says: "Go there", schema: urlAnswer } },
  },
  {
    method: "post",
    path: "/api/v1/operations/payment/checkout",
    id: "openCheckout",
    tag: "Checkout",
    summary: "Buy a plan or a pack of credits",
    access: MANAGE,
    body: checkoutSchema,
    example: { plan: PAID_PLAN_IDS[0], interval: "month" },
    form: true,
    answers: {
      200: { says: "Go there", schema: urlAnswer },
      303: { says: "For a form: to Checkout", headers: REDIRECT },
    },
    failures: [404, 409],
  },
  {
    method: "get",
    path: "/api/v1/plans",
    id: "listPlans",
    tag: "Checkout",
    summary: "The catalogue with prices",
    access: "public",
    answers: { 200: { says: "All that is sold", schema: plansAnswer } },
  },
  {
    method: "get",
    path: "/api/v1/account/balance",
    id: "readBalance",
    tag: "Wallet",
    summary: "Plan and tokens",
    access: READ,
    answers: { 200: { says: "What there is now", schema: balanceAnswer } },
  },
  {
    method: "get",
    path: "/api/v1/billing/history",
    id: "listHistory",
    tag: "Wallet",
    summary: "The wallet's ledger, newest first",
    access: READ,
    query: historyQuery,
    answers: { 200: { says: "A page of it", schema: historyAnswer } },
  },
  {
    method: "post",
    path: "/api/v1/billing/charges",
    id: "charge",
    tag: "Wallet",
    summary: "Take tokens, once for each Idempotency-Key",
    access: ["usage:write"],
    headers: idempotencySchema,
    body: chargeSchema,
    answers: {
      200: { says: "Taken by an earlier call", schema: chargeAnswer },
      201: { says: "Taken", schema: chargeAnswer },
      402: { says: "Nothing was taken", schema: shortfallAnswer },
    },
    failures: [409],
  },
  {
    method: "get",
    path: "/api/v1/billing/invoices",
    id: "listInvoices",
    tag: "Invoices",
    summary: "Invoices as Stripe has them, newest first",
    access: READ,
    query: invoicesQuery,
    answers: { 200: { says: "A page of them", schema: invoicesAnswer } },
  },
  {
    method: "get",
    path: "/api/v1/account/credentials",
    id: "listApiKeys",
    tag: "API keys",
    summary: "All API keys of the organization",
    access: "person",
    answers: { 200: { says: "Newest first", schema: apiKeysResponse } },
  },
  {
    method: "post",
    path: "/api/v1/account/credentials",
    id: "createApiKey",
    tag: "API keys",
    summary: "Make an API key, and see it once",
    access: "person",
    body: newApiKeySchema,
    answers: { 201: { says: "Keep `key`", schema: newApiKeyResponse } },
    failures: [409],
  },
  {
    method: "delete",
    path: "/api/v1/account/credentials/{id}",
    id: "revokeApiKey",
    tag: "API keys",
    summary: "Revoke an API key, at once",
    access: "person",
    answers: { 204: { says: "It counts no longer" } },
    failures: [404],
  },
  {
    method: "post",
    path: "/api/v1/webhooks/stripe",
    id: "receiveEvent",
    tag: "Operation",
    summary: "Events of Stripe, signed over the raw body",
    access: "public",
    answers: {
      200: { says: "Its effect is durable", schema: webhookAnswer },
    },
    failures: [400, 408, 413, 503],
  },
  {
    method: "get",
    path: "/healthz",
    id: "health",
    tag: "Operation",
    summary: "Whether the process answers",
    access: "public",
    answers: { 200: { says: "It does", schema: healthAnswer } },
  },
  {
    method: "get",
    path: "/readyz",
    id: "readiness",
    tag: "Operation",
    summary: "Whether it can work",
    access: "public",
    answers: {
      200: { says: "It can", schema: healthAnswer },
      503: { says: "Not now", schema: notReadyAnswer },
    },
  },
  {
    method: "get",
    path: "/openapi.json",
    id: "openapi",
    tag: "Operation",
    summary: "This document",
    access: "public",
    answers: { 200: { says: "OpenAPI 3.1" } },
  },
];
