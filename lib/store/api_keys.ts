import type { Actor } from "./activity.ts";

/** The permissions that an API key can have. */
export const SCOPES = [
  "billing:read",
  "billing:manage",
  "usage:write",
] as const;

/** One of {@linkcode SCOPES}. */
export type Scope = typeof SCOPES[number];

/** The record of an API key. It does not contain the key's secret. */
export interface ApiKey {
  /** `key_…` */
  id: string;
  orgId: string;
  name: string;
  /** The first characters of the key, shown to identify it. */
  prefix: string;
  scopes: readonly Scope[];
  /** The user who created it: `user_…`. */
  createdBy: string;
  createdAtMs: number;
  /** Up to a minute behind; null if the key was never used. */
  lastUsedAtMs: number | null;
  /** Absent if it never expires. */
  expiresAtMs?: number;
  /** The key that replaces it, if it was rotated. */
  successorId?: string;
}

/** Reports whether an API key has expired. */
export function isExpired(
  { expiresAtMs }: Pick<ApiKey, "expiresAtMs">,
  nowMs: number,
): boolean {
  return expiresAtMs !== undefined && nowMs >= expiresAtMs;
}

/** The properties of an API key that can change. */
export type ApiKeyChange = Partial<Pick<ApiKey, "name" | "scopes">>;

/** An API key with the version at which it was read. */
export interface StoredApiKey {
  apiKey: ApiKey;
  versionstamp: string;
}

/** The most API keys that an organization can have, besides rotated ones. */
export const MAX_API_KEYS = 20;

/**
 * How long a repeated form submission replaces the key of the first one, in
 * milliseconds. It is most likely a double click: the browser shows only the
 * second response, so the first key was never seen.
 */
export const DOUBLE_SUBMIT_MS = 10_000;

/** The result of adding an API key. */
export type AddApiKeyResult =
  /** `replaced`: the key took the place of the form's first key. */
  | { kind: "added"; replaced: boolean }
  /** The organization has {@linkcode MAX_API_KEYS}. */
  | { kind: "full" }
  /** The form has already created the key with this id. */
  | { kind: "repeated"; id: string };

/** How long a rotated key still works. */
export const ROTATION_MS = 24 * 60 * 60 * 1000;

/** The result of rotating an API key. */
export type RotateApiKeyResult =
  /** `replaced`: a double submit, so the successor replaced the first one. */
  | { kind: "rotated"; former: ApiKey; successor: ApiKey; replaced: boolean }
  | { kind: "already_rotated"; successorId: string }
  | { kind: "expired" }
  /** Too many rotated keys still work. */
  | { kind: "full" };

/** A key that takes the place of another. */
export interface Successor {
  digest: string;
  /** Makes its record from that of the former key. */
  from: (former: ApiKey) => ApiKey;
  actor: Actor;
  nowMs: number;
}

/** API keys. A record is stored under the SHA-256 digest of its key. */
export interface ApiKeyStore {
  /** Finds an API key by its digest; null if it is unknown or revoked. */
  findApiKey(digest: string): Promise<StoredApiKey | null>;
  /**
   * Adds an API key to its organization, at most one for each form. Its
   * creator is the actor of the activity.
   *
   * @param form Identifies the form and its content; remembered for 30 days.
   */
  addApiKey(
    digest: string,
    apiKey: ApiKey,
    form?: string,
  ): Promise<AddApiKeyResult>;
  /** Lists an organization's API keys, newest first. */
  listApiKeys(orgId: string): Promise<ApiKey[]>;
  /** @returns False if the organization has no such key. */
  removeApiKey(
    orgId: string,
    id: string,
    by: { actor: Actor; nowMs: number },
  ): Promise<boolean>;
  /**
   * Changes an API key's name or scopes.
   *
   * @returns The key; null if the organization has no such key.
   */
  changeApiKey(
    orgId: string,
    id: string,
    change: { change: ApiKeyChange; actor: Actor; nowMs: number },
  ): Promise<ApiKey | null>;
  /**
   * Adds a successor to an API key, which then works for
   * {@linkcode ROTATION_MS}. A repeat within ten seconds replaces the
   * successor unless it was used, as its secret was most likely never seen.
   *
   * @returns Null if the organization has no such key.
   */
  rotateApiKey(
    orgId: string,
    id: string,
    successor: Successor,
  ): Promise<RotateApiKeyResult | null>;
  /**
   * Records when a key was last used. Does nothing if the key was revoked, or
   * another use recorded, since it was read.
   */
  recordApiKeyUse(
    digest: string,
    read: StoredApiKey,
    usedAtMs: number,
  ): Promise<void>;
}
