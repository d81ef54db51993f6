import * as v from "valibot";
import { SCOPES } from "@/lib/store/api_keys.ts";
import { time } from "./responses.ts";

/**
 * Not blank, no control characters. Without `\p{…}` and flags, which JSON Schema
 * patterns and test-data generators do not support.
 */
const NAME =
  // deno-lint-ignore no-control-regex -- they are excluded here
  /^[^\u0000-\u001f\u007f-\u009f]*[^\s\ufeff\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$/;

const name = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(80),
  v.regex(NAME, "a name without control characters"),
  v.trim(),
);

const scopes = v.pipe(
  v.array(v.picklist(SCOPES)),
  v.minLength(1),
  v.maxLength(SCOPES.length),
  v.check(
    (scopes) => new Set(scopes).size === scopes.length,
    "a scope is given twice",
  ),
  v.metadata({ uniqueItems: true }),
);

const MAX_DAYS = 3_650;

/** `POST /api/v1/account/credentials`: the body. */
export const newApiKeySchema = v.object({
  name,
  scopes,
  expires_in_days: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(MAX_DAYS),
      v.description("Days until the key expires; by default it never expires"),
    ),
  ),
});

const noChange = v.optional(v.never());

/**
 * `PATCH /api/v1/account/credentials/{id}`: the body. Variants instead of a
 * check, so the OpenAPI document says that one field is required.
 */
export const apiKeyChangeSchema = v.union([
  v.object({ name, scopes: v.optional(scopes) }),
  v.object({ name: noChange, scopes }),
], "send a name, scopes or both");

/** An API key, without its secret. */
export const apiKeyResponse = v.strictObject({
  id: v.string(),
  name: v.string(),
  prefix: v.string(),
  scopes: v.array(v.picklist(SCOPES)),
  created_at: time,
  last_used_at: v.nullable(time),
  expires_at: v.nullable(time),
});

/** All API keys of an organization: at most 20, so there are no pages. */
export const apiKeysResponse = v.strictObject({
  items: v.array(apiKeyResponse),
});

/** A new API key; no other response includes `key`. */
export const newApiKeyResponse = v.strictObject({
  ...apiKeyResponse.entries,
  key: v.string(),
});
