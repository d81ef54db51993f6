import type * as v from "valibot";
import {
  asFieldsSchema,
  asJsonSchema,
  parametersOf,
  type Part,
} from "./json_schema.ts";
import { type Operation, OPERATIONS, type ResponseDoc } from "./operations.ts";
import { documentedResponses, isLimited } from "./statuses.ts";
import { ORGANIZATION_HEADER } from "@/lib/auth/page_organization.ts";
import { ORGANIZATION_ID } from "@/lib/auth/session_claims.ts";
import type { ServiceScope } from "@/lib/store/service_keys.ts";
import { accountError, operationsError } from "@/lib/http/schemas/errors.ts";

/**
 * Returns the API's OpenAPI 3.1 document, generated from the schemas that
 * endpoints parse requests with.
 *
 * @param appUrl The public origin.
 * @param cookie The name of the session cookie.
 */
export function openApiDocument(appUrl: string, cookie: string): Part {
  return {
    openapi: "3.1.0",
    info: {
      title: "Portico",
      version: "1",
      description: "Billing of an organization: portal, plans, wallet, " +
        "invoices, API keys. Amounts are in the currency's minor unit, times " +
        "RFC 3339 in UTC. Every response has an `X-Request-Id` and the " +
        "headers of its rate limit.",
    },
    servers: [{ url: appUrl }],
    tags: [...new Set(OPERATIONS.map(({ tag }) => tag))]
      .map((name) => ({ name })),
    paths: pathsOf(OPERATIONS),
    components: {
      schemas: {
        Error: asJsonSchema(accountError),
        OperationsError: asJsonSchema(operationsError),
      },
      headers: HEADERS,
      securitySchemes: {
        ...SECURITY_SCHEMES,
        cookie: { ...COOKIE, name: cookie },
      },
    },
  };
}

const HEADERS = Object.fromEntries(
  Object.entries({
    "RateLimit-Policy": "The limit: `q` calls in `w` seconds",
    "RateLimit": "Remaining quota: `r` calls, resets in `t` seconds",
    "X-Request-Id": "Identifies the request in the logs",
  }).map(([name, description]) => [name, headerOf(description)]),
);

function headerOf(description: string): Part {
  return { description, schema: { type: "string" } };
}

const SECURITY_SCHEMES = {
  session: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A user's session token",
  },
  apiKey: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "portico_…",
    description: "An organization's API key",
  },
  serviceKey: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "portico_service_…",
    description: "A service key of the product's backend; each call names " +
      `the organization in \`${ORGANIZATION_HEADER}\``,
  },
};

const COOKIE = {
  type: "apiKey",
  in: "cookie",
  description:
    "A session token in a cookie; writes only from the app's own pages",
};

function pathsOf(operations: readonly Operation[]): Part {
  const paths: Record<string, Part> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describe(operation),
    };
  }
  return paths;
}

function describe(operation: Operation): Part {
  const { id, tag, summary, description, body } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description && { description }),
    security: securityOf(operation),
    parameters: [
      ...pathParameters(operation),
      ...parametersOf("query", operation.query, operation.example),
      ...parametersOf("header", operation.headers),
      ...organizationParameters(operation),
    ],
    ...(body && { requestBody: requestBodyOf(operation, body) }),
    responses: responsesOf(operation),
  };
}

function securityOf({ access }: Operation): Record<string, string[]>[] {
  if (access === "public") return [];
  const people = [{ session: [] }, { cookie: [] }];
  if (access === "person") return people;
  const service = access.map((scope) => ({ serviceKey: [scope] }));
  if (isForServiceKeys(access)) return service;
  const keys = access.map((scope) => ({ apiKey: [scope] }));
  return [...people, ...keys, ...service];
}

/** Reports whether only service keys can have the scopes. */
function isForServiceKeys(access: readonly ServiceScope[]): boolean {
  return access.includes("organizations:write");
}

/** The header that a service key's call needs, and other calls do not. */
function organizationParameters({ access, path }: Operation): Part[] {
  if (typeof access === "string" || path.includes("/organizations/")) return [];
  return [{
    name: ORGANIZATION_HEADER,
    in: "header",
    required: isForServiceKeys(access),
    description: "The organization, for a service key",
    schema: { type: "string", pattern: ORGANIZATION_ID.source },
  }];
}

function pathParameters({ path }: Operation): Part[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function requestBodyOf(
  { bodyOptional, form, example }: Operation,
  body: v.GenericSchema,
): Part {
  const shown = example && { example };
  const json = { schema: asJsonSchema(body), ...shown };
  const fields = { schema: asFieldsSchema(body), ...shown };
  return {
    required: !bodyOptional,
    content: {
      "application/json": json,
      ...(form && { "application/x-www-form-urlencoded": fields }),
    },
  };
}

function responsesOf(operation: Operation): Part {
  const responses = Object.entries(documentedResponses(operation));
  return Object.fromEntries(
    responses.map(([status, answer]) => [
      status,
      responseOf(operation, answer, showsRateLimit(operation, status)),
    ]),
  );
}

/** Every response has these headers; failures omit them for readability. */
function showsRateLimit(operation: Operation, status: string): boolean {
  return isLimited(operation) && (status < "400" || status === "429");
}

function responseOf(
  operation: Operation,
  { description, schema, example, csv, headers = {} }: ResponseDoc,
  limit: boolean,
): Part {
  const own = Object.entries(headers)
    .map(([name, description]) => [name, headerOf(description)]);
  const shared = (limit ? Object.keys(HEADERS) : [])
    .map((name) => [name, refTo("headers", name)]);
  const hasBody = schema !== undefined && operation.method !== "head";
  return {
    description,
    headers: Object.fromEntries([...own, ...shared]),
    ...(hasBody && {
      content: {
        "application/json": {
          schema: bodySchema(schema),
          ...(example && { example }),
        },
        ...(csv && { "text/csv": { schema: { type: "string" } } }),
      },
    }),
  };
}

/** Refers to the shared error schemas instead of repeating them. */
function bodySchema(schema: v.GenericSchema): Part {
  if (schema === accountError) return refTo("schemas", "Error");
  if (schema === operationsError) return refTo("schemas", "OperationsError");
  return asJsonSchema(schema);
}

function refTo(kind: "headers" | "schemas", name: string): Part {
  return { $ref: `#/components/${kind}/${name}` };
}
