import { BillingError } from "@/lib/errors.ts";
import type { Log } from "@/lib/log.ts";
import type { Services } from "@/lib/services.ts";
import {
  type AddApiKeyResult,
  type ApiKey,
  MAX_API_KEYS,
  type StoredApiKey,
} from "@/lib/store/api_keys.ts";
import {
  displayPrefix,
  generateApiKey,
  isWellFormedApiKey,
  keyModeOf,
} from "./api_key_format.ts";
import { digestOf } from "./digest.ts";
import type { KeyPrincipal } from "./principal.ts";

/** A new API key. `key` is the secret, which is not stored. */
interface CreatedApiKey {
  apiKey: ApiKey;
  key: string;
}

/** The parameters of a new API key. */
type ApiKeyRequest = Pick<
  ApiKey,
  "orgId" | "createdBy" | "name" | "scopes"
>;

type CreationServices = Pick<Services, "store" | "config" | "now">;

/**
 * Creates an API key for an organization. Only the key's digest is stored, so
 * it can be shown only once.
 *
 * @throws {BillingError} `conflict` if the organization has 20 keys.
 */
export async function createApiKey(
  services: CreationServices,
  request: ApiKeyRequest,
): Promise<CreatedApiKey> {
  const { apiKey, key } = await addApiKey(services, request);
  return { apiKey, key };
}

/** The API key that a form creates, or has created before. */
type KeyFromForm =
  /** `replaced`: a double submit, so this key replaced the first one. */
  | (CreatedApiKey & { kind: "created"; replaced: boolean })
  /** The id of the form's key, which cannot be shown again. */
  | { kind: "repeated"; id: string };

/**
 * Creates an API key as {@linkcode createApiKey} does, but only one for each
 * form, because a browser submits a form again when its response is reloaded.
 * A second submission within ten seconds is a double click: its key replaces
 * the first, unless the first was used in the meantime.
 *
 * @param form Identifies the form and its content; remembered for 30 days.
 * @throws {BillingError} `conflict` if the organization has 20 keys.
 */
export async function createApiKeyOnce(
  services: CreationServices,
  form: string,
  request: ApiKeyRequest,
): Promise<KeyFromForm> {
  const { result, ...created } = await addApiKey(services, request, form);
  return result.kind === "repeated"
    ? { kind: "repeated", id: result.id }
    : { kind: "created", replaced: result.replaced, ...created };
}

type Added = CreatedApiKey & {
  result: Exclude<AddApiKeyResult, { kind: "full" }>;
};

async function addApiKey(
  { store, config, now }: CreationServices,
  { orgId, createdBy, name, scopes }: ApiKeyRequest,
  form?: string,
): Promise<Added> {
  const key = generateApiKey(keyModeOf(config));
  const apiKey: ApiKey = {
    id: `key_${crypto.randomUUID().replaceAll("-", "")}`,
    orgId,
    name,
    prefix: displayPrefix(key),
    scopes,
    createdBy,
    createdAtMs: now(),
    lastUsedAtMs: null,
  };
  // With 192 random bits the digest needs no salt.
  const digest = await digestOf(key);
  const result = await store.addApiKey(digest, apiKey, form);
  if (result.kind !== "full") return { apiKey, key, result };
  throw new BillingError(
    "conflict",
    `Cannot make an API key: the organization has ${MAX_API_KEYS}. ` +
      "Revoke one first",
  );
}

/**
 * Revokes an API key. All processes refuse it from their next request on,
 * because each request reads the key from the store.
 *
 * @throws {BillingError} `not_found` if the organization has no such key.
 */
export async function revokeApiKey(
  { store }: Pick<Services, "store">,
  orgId: string,
  id: string,
): Promise<void> {
  if (await store.removeApiKey(orgId, id)) return;
  throw new BillingError("not_found", "API key not found");
}

/** Services for {@linkcode authenticateApiKey}. */
export type ApiKeyServices = Pick<
  Services,
  "store" | "config" | "log" | "now" | "background"
>;

/**
 * Authenticates an API key: checks its format, then looks it up with one read
 * of the store.
 *
 * @throws {BillingError} `unauthorized` if the key is malformed, unknown or
 * revoked. The reason is logged, the key is not.
 */
export async function authenticateApiKey(
  services: ApiKeyServices,
  key: string,
): Promise<KeyPrincipal> {
  const { store, config, log } = services;
  if (!isWellFormedApiKey(key, keyModeOf(config))) {
    throw refused(log, "malformed");
  }
  const digest = await digestOf(key);
  const found = await store.findApiKey(digest);
  if (found === null) throw refused(log, "unknown");
  recordUse(services, digest, found);
  const { id, orgId, scopes, prefix } = found.apiKey;
  return { kind: "api_key", apiKeyId: id, orgId, scopes, prefix };
}

function refused(log: Log, reason: "malformed" | "unknown"): BillingError {
  log.debug("API key refused", { reason });
  return new BillingError("unauthorized", "Authentication required");
}

/** The precision of `lastUsedAtMs`: a key's uses cost one write a minute. */
const RECORD_EVERY_MS = 60_000;

/** Runs in the background so that it doesn't delay the response. */
function recordUse(
  { store, background, now }: ApiKeyServices,
  digest: string,
  found: StoredApiKey,
): void {
  const usedAtMs = now();
  const { id, lastUsedAtMs } = found.apiKey;
  const isRecent = lastUsedAtMs !== null &&
    usedAtMs - lastUsedAtMs < RECORD_EVERY_MS;
  if (isRecent) return;
  background.run(
    `recording the use of API key ${id}`,
    () => store.recordApiKeyUse(digest, found, usedAtMs),
  );
}

/** Formats an API key for the HTTP API. */
export function showApiKey(apiKey: ApiKey) {
  const { id, name, prefix, scopes, createdAtMs, lastUsedAtMs } = apiKey;
  return {
    id,
    name,
    prefix,
    scopes,
    created_at: new Date(createdAtMs).toISOString(),
    last_used_at: lastUsedAtMs === null
      ? null
      : new Date(lastUsedAtMs).toISOString(),
  };
}
