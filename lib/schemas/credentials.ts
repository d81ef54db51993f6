import * as v from "valibot";

/** What an API key may be allowed to do. */
export const SCOPES = [
  "billing:read",
  "billing:manage",
  "usage:write",
] as const;
export type Scope = typeof SCOPES[number];

/** What somebody says of a key that is to be made. */
export const newCredentialSchema = v.object({
  name: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1),
    v.maxLength(80),
    v.regex(/^\P{Cc}*$/u, "a name without control characters"),
  ),
  scopes: v.pipe(
    v.array(v.picklist(SCOPES)),
    v.minLength(1),
    v.maxLength(SCOPES.length),
    v.check(
      (scopes) => new Set(scopes).size === scopes.length,
      "a scope is given twice",
    ),
  ),
});
export type NewCredential = v.InferOutput<typeof newCredentialSchema>;

/** A key as its organization sees it. */
export const credentialAnswer = v.strictObject({
  id: v.string(),
  name: v.string(),
  prefix: v.string(),
  scopes: v.array(v.picklist(SCOPES)),
  created_at: v.pipe(v.string(), v.isoTimestamp()),
  last_used_at: v.nullable(v.pipe(v.string(), v.isoTimestamp())),
});

/** All of them: twenty at most, so there is no second page. */
export const credentialsAnswer = v.strictObject({
  items: v.array(credentialAnswer),
});

/** A key that was just made: the one answer that `key` is in. */
export const newCredentialAnswer = v.strictObject({
  ...credentialAnswer.entries,
  key: v.string(),
});
