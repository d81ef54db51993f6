import * as v from "valibot";
import { SCOPES } from "@/lib/store/api_keys.ts";

/**
 * Not blank, and without control characters. Spelled out, without `\p{…}` or
 * a flag, so that the pattern is JSON Schema's and generators can invert it.
 */
const NAME =
  // deno-lint-ignore no-control-regex -- they are excluded here
  /^[^\u0000-\u001f\u007f-\u009f]*[^\s\ufeff\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$/;

/** What somebody says of a key that is to be made. */
export const newApiKeySchema = v.object({
  name: v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(80),
    v.regex(NAME, "a name without control characters"),
    v.trim(),
  ),
  scopes: v.pipe(
    v.array(v.picklist(SCOPES)),
    v.minLength(1),
    v.maxLength(SCOPES.length),
    v.check(
      (scopes) => new Set(scopes).size === scopes.length,
      "a scope is given twice",
    ),
    v.metadata({ uniqueItems: true }),
  ),
});

/** A key as its organization sees it. */
export const apiKeyResponse = v.strictObject({
  id: v.string(),
  name: v.string(),
  prefix: v.string(),
  scopes: v.array(v.picklist(SCOPES)),
  created_at: v.pipe(v.string(), v.isoTimestamp()),
  last_used_at: v.nullable(v.pipe(v.string(), v.isoTimestamp())),
});

/** All of them: twenty at most, so there is no second page. */
export const apiKeysResponse = v.strictObject({
  items: v.array(apiKeyResponse),
});

/** A key that was just made: the one answer that `key` is in. */
export const newApiKeyResponse = v.strictObject({
  ...apiKeyResponse.entries,
  key: v.string(),
});
