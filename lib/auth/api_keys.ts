import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import {
  type AddApiKeyResult,
  type ApiKey,
  type ApiKeyChange,
  isExpired,
  MAX_API_KEYS,
} from "@/lib/store/api_keys.ts";
import {
  displayPrefix,
  generateApiKey,
  isWellFormedApiKey,
  keyModeOf,
} from "./api_key_format.ts";
import { digestOf } from "./digest.ts";
import { recordKeyUse, refuseKey } from "./key_use.ts";
import {
  actorOf,
  type ApiKeyPrincipal,
  type SessionPrincipal,
} from "./principal.ts";

/** A new API key. `key` is the secret, which is not stored. */
interface CreatedApiKey {
  apiKey: ApiKey;
  key: string;
}

/** The parameters of a new API key. */
interface ApiKeyRequest
  extends Pick<ApiKey, "orgId" | "createdBy" | "name" | "scopes"> {
  /** Days from now; absent or null: it never expires. */
  expiresInDays?: number | null | undefined;
}

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

const DAY_MS = 24 * 60 * 60 * 1000;

function newApiKeyId(): string {
  return `key_${crypto.randomUUID().replaceAll("-", "")}`;
}

type Added = CreatedApiKey & {
  result: Exclude<AddApiKeyResult, { kind: "full" }>;
};

async function addApiKey(
  { store, config, now }: CreationServices,
  { orgId, createdBy, name, scopes, expiresInDays }: ApiKeyRequest,
  form?: string,
): Promise<Added> {
  const key = generateApiKey(keyModeOf(config));
  const createdAtMs = now();
  const apiKey: ApiKey = {
    id: newApiKeyId(),
    orgId,
    name,
    prefix: displayPrefix(key),
    scopes,
    createdBy,
    createdAtMs,
    lastUsedAtMs: null,
    ...(expiresInDays && { expiresAtMs: createdAtMs + expiresInDays * DAY_MS }),
  };
  // With 192 random bits the digest needs no salt.
  const digest = await digestOf(key);
  const result = await store.addApiKey(digest, apiKey, form);
  if (result.kind !== "full") return { apiKey, key, result };
  throw new BillingError(
    "conflict",
    `Cannot create an API key: the organization has ${MAX_API_KEYS}. ` +
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
  { store, now }: Pick<Services, "store" | "now">,
  manager: KeyManager,
  id: string,
): Promise<void> {
  const by = { actor: actorOf(manager), nowMs: now() };
  if (!await store.removeApiKey(manager.orgId, id, by)) throw unknownKey();
}

/** A person who may manage the organization's keys. */
type KeyManager = SessionPrincipal & { orgId: string };

function unknownKey(): BillingError {
  return new BillingError("not_found", "API key not found");
}

/**
 * Changes an API key's name or scopes, from its next request on.
 *
 * @throws {BillingError} `not_found` if the organization has no such key.
 */
export async function changeApiKey(
  { store, now }: Pick<Services, "store" | "now">,
  manager: KeyManager,
  { id, change }: { id: string; change: ApiKeyChange },
): Promise<ApiKey> {
  const changed = await store.changeApiKey(manager.orgId, id, {
    change,
    actor: actorOf(manager),
    nowMs: now(),
  });
  if (changed === null) throw unknownKey();
  return changed;
}

/** The successor of a rotated API key. */
interface RotatedApiKey extends CreatedApiKey {
  former: ApiKey;
  /** A double submit, so this key replaced the first successor. */
  replaced: boolean;
}

/**
 * Creates a successor of an API key with the same name, scopes and lifetime.
 * The former key works for 24 more hours. A repeat within ten seconds replaces
 * the successor unless it was used.
 *
 * @throws {BillingError} `not_found` if the organization has no such key;
 * `conflict` if the key was rotated before or has expired, or 20 rotated keys
 * still work.
 */
export async function rotateApiKey(
  { store, config, now }: CreationServices,
  manager: KeyManager,
  id: string,
): Promise<RotatedApiKey> {
  const key = generateApiKey(keyModeOf(config));
  const nowMs = now();
  const result = await store.rotateApiKey(manager.orgId, id, {
    digest: await digestOf(key),
    // A repeated rotation finds a former key that has a successor.
    from: ({ successorId: _, ...former }) => ({
      ...former,
      id: newApiKeyId(),
      prefix: displayPrefix(key),
      createdBy: manager.userId,
      createdAtMs: nowMs,
      lastUsedAtMs: null,
      ...(former.expiresAtMs !== undefined && {
        expiresAtMs: nowMs + former.expiresAtMs - former.createdAtMs,
      }),
    }),
    actor: actorOf(manager),
    nowMs,
  });
  if (result === null) throw unknownKey();
  if (result.kind !== "rotated") throw new CannotRotateError(result.kind);
  const { successor, former, replaced } = result;
  return { apiKey: successor, key, former, replaced };
}

const ROTATE_OBSTACLES = {
  already_rotated: "it was already rotated. Rotate its successor",
  expired: "it has expired. Create a new key",
  full: "too many rotated keys still work. Revoke one first",
};

/** A key that cannot be rotated, with the reason. */
export class CannotRotateError extends BillingError {
  constructor(readonly obstacle: keyof typeof ROTATE_OBSTACLES) {
    super(
      "conflict",
      `Cannot rotate the API key: ${ROTATE_OBSTACLES[obstacle]}`,
    );
  }
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
 * @throws {BillingError} `unauthorized` if the key is malformed, unknown,
 * revoked or expired. The reason is logged, the key is not.
 */
export async function authenticateApiKey(
  services: ApiKeyServices,
  key: string,
): Promise<ApiKeyPrincipal> {
  const { store, config, log } = services;
  if (!isWellFormedApiKey(key, keyModeOf(config))) {
    throw refuseKey(log, "API key", "malformed");
  }
  const digest = await digestOf(key);
  const found = await store.findApiKey(digest);
  if (found === null) throw refuseKey(log, "API key", "unknown");
  if (isExpired(found.apiKey, services.now())) {
    throw refuseKey(log, "API key", "expired");
  }
  const { id, orgId, scopes, prefix, lastUsedAtMs } = found.apiKey;
  recordKeyUse(
    services,
    { kind: "API key", id, lastUsedAtMs },
    (usedAtMs) => store.recordApiKeyUse(digest, found, usedAtMs),
  );
  return { kind: "api_key", apiKeyId: id, orgId, scopes, prefix };
}

/** Formats an API key for the HTTP API. */
export function showApiKey(apiKey: ApiKey) {
  const { id, name, prefix, scopes, createdAtMs } = apiKey;
  return {
    id,
    name,
    prefix,
    scopes,
    created_at: new Date(createdAtMs).toISOString(),
    last_used_at: toTime(apiKey.lastUsedAtMs),
    expires_at: toTime(apiKey.expiresAtMs),
  };
}

function toTime(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : new Date(ms).toISOString();
}
