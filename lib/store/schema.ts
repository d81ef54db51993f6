import { key } from "./keys.ts";
import { retryWhileLocked, withRetry } from "./kv_retry.ts";

/** The version of the stored records; raised with each migration. */
export const SCHEMA_VERSION = 2;

interface SchemaRecord {
  version: number;
  /** Set while `copy-store` fills the store. */
  incomplete?: boolean;
}

/** A store that this version of the app cannot use. */
export class SchemaError extends Error {
  override name = "SchemaError";
}

/**
 * Changes the records of one version to those of the next. Must be safe to
 * repeat, and to run in two processes at a time.
 */
type Migration = (kv: Deno.Kv) => Promise<void>;

/** The migrations, by the version that they begin with. */
const MIGRATIONS: Partial<Record<number, Migration>> = {
  1: renamePendingPurchases,
};

/**
 * Migrates the records of an older version, and records the version.
 *
 * @throws {SchemaError} If a newer version of the app has written the store,
 * or `copy-store` was interrupted.
 */
export async function prepareSchema(kv: Deno.Kv): Promise<void> {
  for (;;) {
    const entry = await readSchema(kv);
    const version = entry.value?.version ??
      (await isEmpty(kv) ? SCHEMA_VERSION : 0);
    if (entry.value?.incomplete) {
      throw new SchemaError(
        "the store is incomplete: run `deno task copy-store` again",
      );
    }
    if (version > SCHEMA_VERSION) {
      throw new SchemaError(
        `a newer version of Portico has written the store (its records have ` +
          `version ${version}, this version knows ${SCHEMA_VERSION})`,
      );
    }
    if (entry.value !== null && version === SCHEMA_VERSION) return;
    await MIGRATIONS[version]?.(kv);
    const next = Math.min(version + 1, SCHEMA_VERSION);
    await writeSchema(kv, entry, { version: next });
  }
}

export async function isEmpty(kv: Deno.Kv): Promise<boolean> {
  const [first] = await withRetry(() =>
    Array.fromAsync(kv.list({ prefix: [] }, { limit: 1 }))
  );
  return first === undefined;
}

/**
 * Marks a store as being filled by a copy.
 *
 * @throws {SchemaError} If it has other records than an interrupted copy's.
 */
export async function beginCopy(kv: Deno.Kv): Promise<void> {
  const entry = await readSchema(kv);
  if (entry.value?.incomplete) return;
  if (!await isEmpty(kv)) throw new SchemaError("the store is not empty");
  const record = { version: SCHEMA_VERSION, incomplete: true };
  if (await writeSchema(kv, entry, record)) return;
  throw new SchemaError("the store is not empty");
}

/** Marks a copy as complete. */
export async function endCopy(kv: Deno.Kv): Promise<void> {
  const entry = await readSchema(kv);
  await writeSchema(kv, entry, { version: SCHEMA_VERSION });
}

function readSchema(kv: Deno.Kv): Promise<Deno.KvEntryMaybe<SchemaRecord>> {
  // The caller limits the time, or the store is a file.
  return retryWhileLocked(() => kv.get<SchemaRecord>(key.schema));
}

async function writeSchema(
  kv: Deno.Kv,
  former: Deno.KvEntryMaybe<SchemaRecord>,
  record: SchemaRecord,
): Promise<boolean> {
  const commit = kv.atomic().check(former).set(key.schema, record);
  return (await withRetry(() => commit.commit())).ok;
}

/** Version 1 stored pending purchases under `["pending_purchase"]`. */
async function renamePendingPurchases(kv: Deno.Kv): Promise<void> {
  const former = await withRetry(() =>
    Array.fromAsync(
      kv.list<{ expiresAtMs: number }>({ prefix: ["pending_purchase"] }),
    )
  );
  for (const entry of former) {
    const [, orgId, sessionId] = entry.key;
    const renamed = key.pendingPurchase(String(orgId), String(sessionId));
    const expireIn = Math.max(entry.value.expiresAtMs - Date.now(), 1);
    await withRetry(() =>
      kv.atomic().check(entry).delete(entry.key)
        .set(renamed, entry.value, { expireIn }).commit()
    );
  }
}
