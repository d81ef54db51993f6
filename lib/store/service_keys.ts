import { SCOPES } from "./api_keys.ts";
import { key } from "./keys.ts";
import { listPage } from "./kv_read.ts";
import { withRetry } from "./kv_retry.ts";

/** The permissions that a service key can have. */
export const SERVICE_SCOPES = [...SCOPES, "organizations:write"] as const;

/** One of {@linkcode SERVICE_SCOPES}. */
export type ServiceScope = typeof SERVICE_SCOPES[number];

/** The record of a service key. It does not contain the key's secret. */
export interface ServiceKey {
  /** `svc_…` */
  id: string;
  name: string;
  /** The first characters of the key, shown to identify it. */
  prefix: string;
  scopes: readonly ServiceScope[];
  createdAtMs: number;
  /** Up to a minute behind; null if the key was never used. */
  lastUsedAtMs: number | null;
  /** When a rotated key becomes invalid; null for a key without a successor. */
  expiresAtMs: number | null;
}

/** A service key with the version at which it was read. */
export interface StoredServiceKey {
  serviceKey: ServiceKey;
  versionstamp: string;
}

/** Service keys. A record is stored under the SHA-256 digest of its key. */
export interface ServiceKeyStore {
  /** Finds a service key by its digest; null if it is unknown or revoked. */
  findServiceKey(digest: string): Promise<StoredServiceKey | null>;
  addServiceKey(digest: string, serviceKey: ServiceKey): Promise<void>;
  /** Lists the service keys, oldest first. */
  listServiceKeys(): Promise<ServiceKey[]>;
  /** @returns False if there is no such key. */
  removeServiceKey(id: string): Promise<boolean>;
  /**
   * Adds a key's successor, and sets when the key becomes invalid.
   *
   * @returns False if the key was revoked or changed concurrently.
   */
  replaceServiceKey(
    former: ServiceKey,
    successor: { digest: string; serviceKey: ServiceKey },
  ): Promise<boolean>;
  /**
   * Records when a key was last used. Does nothing if the key was revoked, or
   * another use recorded, since it was read.
   */
  recordServiceKeyUse(
    digest: string,
    read: StoredServiceKey,
    usedAtMs: number,
  ): Promise<void>;
}

export function serviceKeyStore(kv: Deno.Kv): ServiceKeyStore {
  return {
    async findServiceKey(digest) {
      const { value, versionstamp } = await withRetry(() =>
        kv.get<ServiceKey>(key.serviceKey(digest))
      );
      return value && { serviceKey: value, versionstamp };
    },
    async addServiceKey(digest, serviceKey) {
      // Not checked: a digest of 192 random bits is new.
      await withRetry(() => kv.set(key.serviceKey(digest), serviceKey));
    },
    async listServiceKeys() {
      const entries = await readEntries(kv);
      return entries.map(({ value }) => value)
        .toSorted((a, b) => a.createdAtMs - b.createdAtMs);
    },
    async removeServiceKey(id) {
      const entry = await findById(kv, id);
      if (entry === undefined) return false;
      await withRetry(() => kv.delete(entry.key));
      return true;
    },
    replaceServiceKey: (former, successor) =>
      replaceServiceKey(kv, former, successor),
    async recordServiceKeyUse(digest, { serviceKey, versionstamp }, usedAtMs) {
      const record = key.serviceKey(digest);
      // The check keeps a revoked key from being written back.
      const commit = kv.atomic().check({ key: record, versionstamp }).set(
        record,
        { ...serviceKey, lastUsedAtMs: usedAtMs },
        expiryOf(serviceKey, usedAtMs),
      );
      await withRetry(() => commit.commit());
    },
  };
}

/** More than an operator creates. */
const MAX_LISTED = 500;

async function readEntries(kv: Deno.Kv): Promise<Deno.KvEntry<ServiceKey>[]> {
  const page = { limit: MAX_LISTED, cursor: null };
  return (await listPage<ServiceKey>(kv, key.serviceKeys, page)).entries;
}

async function findById(
  kv: Deno.Kv,
  id: string,
): Promise<Deno.KvEntry<ServiceKey> | undefined> {
  return (await readEntries(kv)).find(({ value }) => value.id === id);
}

async function replaceServiceKey(
  kv: Deno.Kv,
  former: ServiceKey,
  { digest, serviceKey }: { digest: string; serviceKey: ServiceKey },
): Promise<boolean> {
  const entry = await findById(kv, former.id);
  if (entry === undefined || entry.value.expiresAtMs !== null) return false;
  const record = key.serviceKey(digest);
  const ended = { ...entry.value, expiresAtMs: former.expiresAtMs };
  await withRetry(() =>
    kv.atomic().check(entry)
      .set(entry.key, ended, expiryOf(ended, serviceKey.createdAtMs))
      .set(record, serviceKey)
      .commit()
  );
  // KV Connect may report a commit as refused although it took effect.
  return (await withRetry(() => kv.get(record))).value !== null;
}

function expiryOf({ expiresAtMs }: ServiceKey, nowMs: number) {
  return expiresAtMs === null ? {} : {
    expireIn: Math.max(1, expiresAtMs - nowMs),
  };
}
