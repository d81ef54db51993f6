import { assert, assertEquals } from "@std/assert";
import * as v from "valibot";
import { type BillingCode, BillingError } from "@/lib/errors.ts";
import { errorFormatOf, toHttpFailure } from "@/lib/http/error_responses.ts";
import { openApiDocument } from "@/lib/http/openapi/document.ts";
import { OPERATIONS } from "@/lib/http/openapi/operations.ts";
import { documentedResponses } from "@/lib/http/openapi/statuses.ts";
import { portalIntentSchema } from "@/lib/http/schemas/requests.ts";
import { newApiKeySchema } from "@/lib/http/schemas/api_keys.ts";

/** The schema keywords used by these tests. */
interface Schema {
  not?: object;
  oneOf?: Schema[];
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  pattern?: string;
  uniqueItems?: boolean;
}

const DOCUMENT = openApiDocument("https://app.example.com", "__session");

/** The part of the document at a path of names. */
function at<Part>(...names: string[]): Part {
  const part = names.reduce<unknown>(
    (part, name) => (part as Record<string, unknown> | undefined)?.[name],
    DOCUMENT,
  );
  assert(part !== undefined, names.join(" "));
  return part as Part;
}

function bodySchema(path: string, type = "application/json"): Schema {
  return at("paths", path, "post", "requestBody", "content", type, "schema");
}

/** Validates a value against the keywords used in these schemas. */
function takes(schema: Schema, value: unknown): boolean {
  const { oneOf, anyOf, properties, required = [] } = schema;
  if (schema.not || value === undefined) return value === undefined;
  const matches = (oneOf ?? anyOf)?.filter((option) => takes(option, value));
  if (matches?.length === 0) return false;
  if (oneOf && matches?.length !== 1) return false;
  if (schema.enum) return schema.enum.includes(value);
  if ("const" in schema) return schema.const === value;
  const fields = value as Record<string, unknown>;
  return required.every((name) => fields[name] !== undefined) &&
    Object.entries(properties ?? {}).every(([name, property]) =>
      fields[name] === undefined || takes(property, fields[name])
    );
}

const CONFIRM = { flow: "subscription_update_confirm" };
const PRO = { plan: "pro", interval: "year" };
const INTENTS: [fields: Record<string, string>, valid: boolean][] = [
  [{}, true],
  [{ locale: "de" }, true],
  [{ flow: "subscription_cancel", locale: "de" }, true],
  [{ ...CONFIRM, ...PRO }, true],
  [{ ...CONFIRM, plan: "pro" }, false],
  [CONFIRM, false],
  [{ flow: "subscription_cancel", ...PRO }, false],
  [{ interval: "year" }, false],
  [{ flow: "other" }, false],
];

Deno.test("the document describes the rules between portal fields", () => {
  const path = "/api/v1/operations/payment/customer-portal";
  const parameters = at<{ [name: string]: unknown; schema: Schema }[]>(
    ...["paths", path, "get", "parameters"],
  );
  const [query, header] = parameters;
  assert(query !== undefined && parameters.length === 2);
  assertEquals(header?.["name"], "Portico-Organization");
  assertEquals(
    [query["in"], query["style"], query["explode"]],
    ["query", "form", true],
  );
  const body = bodySchema("/api/v1/account/billing-portal");
  for (const [fields, valid] of INTENTS) {
    const input = JSON.stringify(fields);
    assertEquals(takes(query.schema, fields), valid, input);
    assertEquals(takes(body, fields), valid, input);
    const { success } = v.safeParse(portalIntentSchema, fields);
    assertEquals(success, valid, input);
  }
});

Deno.test("other form and query fields are single values", () => {
  const checkout = "/api/v1/operations/payment/checkout";
  const form = bodySchema(checkout, "application/x-www-form-urlencoded");
  const once = { type: ["string", "number", "boolean", "null"] };
  assertEquals(form.additionalProperties, once);
  assertEquals(takes(form, PRO), true);
  assertEquals(takes(form, { credits: "small" }), true);
  assertEquals(takes(form, { credits: "small", ...PRO }), false);
  assertEquals(takes(form, { plan: "pro" }), false);
});

Deno.test("request examples are valid", () => {
  const examples = OPERATIONS.filter(({ example }) => example !== undefined);
  assert(examples.length > 2);
  for (const { id, query, body, example } of examples) {
    const schema = query ?? body;
    assert(schema && v.is(schema, example), id);
    assert(JSON.stringify(DOCUMENT).includes(JSON.stringify(example)), id);
  }
});

Deno.test("error examples have a code that matches the status", () => {
  let examples = 0;
  for (const operation of OPERATIONS) {
    for (
      const [status, { schema }] of Object.entries(
        documentedResponses(operation),
      )
    ) {
      if (status < "400" || !schema || operation.method === "head") continue;
      const { id, path, method } = operation;
      const media = at<{ example?: unknown; schema: { $ref?: string } }>(
        ...["paths", path, method, "responses", status],
        ...["content", "application/json"],
      );
      if (media.schema.$ref === undefined) continue;
      assert(v.is(schema, media.example), `${id} ${status}`);
      const { error } = media.example as { error: string | { code: string } };
      const code = typeof error === "string" ? error : error.code;
      const { status: actual } = toHttpFailure(
        new BillingError(code.toLowerCase() as BillingCode, ""),
        errorFormatOf(path),
      );
      assertEquals(actual, Number(status), `${id} ${code}`);
      examples++;
    }
  }
  assert(examples > 50, `${examples} examples`);
});

Deno.test("every pattern in the document can be generated from", () => {
  const text = JSON.stringify(DOCUMENT);
  const patterns = [...text.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)]
    .map(([, pattern = ""]): string => JSON.parse(pattern));
  assert(patterns.length > 0);
  for (const pattern of patterns) {
    assert(!/\\[pPdDwWbB]|\(\?[=!<]/.test(pattern), pattern);
  }
});

const NAMES: Record<string, boolean> = {
  "CI": true,
  " a b ": true,
  "é😀": true,
  "": false,
  " ": false,
  "\ufeff": false,
  "\ta": false,
  "a\n": false,
  "a\u0085b": false,
};

Deno.test("the document and the API agree on an API key's name and scopes", () => {
  const { properties } = bodySchema("/api/v1/account/credentials");
  assertEquals(properties?.["scopes"]?.uniqueItems, true);
  const pattern = new RegExp(properties?.["name"]?.pattern ?? "");
  for (const [name, valid] of Object.entries(NAMES)) {
    assertEquals(pattern.test(name), valid, JSON.stringify(name));
    const input = { name, scopes: ["billing:read"] };
    assertEquals(v.is(newApiKeySchema, input), valid, JSON.stringify(name));
  }
});
