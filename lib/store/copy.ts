import { serialize } from "node:v8";
import { ACTIVITY_KEPT_MS } from "./activity.ts";
import { FORM_KEPT_MS } from "./api_key_store.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";
import type { LedgerEntry } from "./ledger_types.ts";
import { MARKER_KEPT_MS } from "./postings.ts";
import { beginCopy, endCopy } from "./schema.ts";
import { PORTAL_OPENED_KEPT_MS } from "./subscriptions.ts";

/** Records that only running processes need. */
const LEFT_OUT: readonly Deno.KvKeyPart[] = ["schema", "call_count", "probe"];

/** Deno KV's limits for a commit are 1,000 mutations and 800 KB. */
const MAX_RECORDS = 500;
const MAX_BYTES = 500_000;

/**
 * Copies all records to an empty store. Deno KV does not reveal when a record
 * expires, so that is computed from the values. An interrupted copy is
 * continued by a repeated one; until then the app refuses the store.
 *
 * @param nowMs The present, for expiry.
 * @returns The number of records.
 * @throws {SchemaError} If the target is not empty.
 */
export async function copyRecords(
  from: Deno.Kv,
  to: Deno.Kv,
  nowMs: number,
): Promise<number> {
  await beginCopy(to);
  let copied = 0;
  let commit = to.atomic();
  let [records, bytes] = [0, 0];
  const flush = async () => {
    if (records > 0) await withRetry(() => commit.commit());
    copied += records;
    commit = to.atomic();
    [records, bytes] = [0, 0];
  };
  for await (const entry of from.list({ prefix: [] })) {
    if (LEFT_OUT.includes(entry.key[0] ?? "")) continue;
    const expiresAtMs = await expiryOf(from, entry);
    if (expiresAtMs !== null && expiresAtMs <= nowMs) continue;
    const size = serialize([entry.key, entry.value]).byteLength;
    if (records === MAX_RECORDS || bytes + size > MAX_BYTES) await flush();
    commit.set(entry.key, entry.value, {
      ...(expiresAtMs !== null && { expireIn: expiresAtMs - nowMs }),
    });
    records += 1;
    bytes += size;
  }
  await flush();
  await endCopy(to);
  return copied;
}

/** Counts the records that a copy contains. */
export async function countRecords(kv: Deno.Kv): Promise<number> {
  let count = 0;
  for await (const { key: [first] } of kv.list({ prefix: [] })) {
    if (!LEFT_OUT.includes(first ?? "")) count += 1;
  }
  return count;
}

/** The members that determine when a record expires. */
interface Expiring {
  /** Null in a service key that was not rotated. */
  expiresAtMs?: number | null;
  atMs?: number;
  openedAtMs?: number;
  madeAtMs?: number;
}

/** @returns Null for a record that does not expire. */
async function expiryOf(
  kv: Deno.Kv,
  { key: [kind, orgId, source], value }: Deno.KvEntry<unknown>,
): Promise<number | null> {
  const { expiresAtMs, atMs = 0, openedAtMs = 0, madeAtMs = 0 } =
    value as Expiring;
  switch (kind) {
    case "event":
    case "checkout_session":
    case "awaited_pack":
    case "service_key":
      return expiresAtMs ?? null;
    case "activity":
      return atMs + ACTIVITY_KEPT_MS;
    case "portal_opened":
      return openedAtMs + PORTAL_OPENED_KEPT_MS;
    case "credential_form":
      return madeAtMs + FORM_KEPT_MS;
    case "ledger_source":
      return String(source).startsWith("charge:")
        ? await chargeExpiry(kv, String(orgId), Number(value))
        : null;
    default:
      return null;
  }
}

async function chargeExpiry(
  kv: Deno.Kv,
  orgId: string,
  seq: number,
): Promise<number | null> {
  const entry = await withRetry(() =>
    kv.get<LedgerEntry>(key.ledgerEntry(orgId, seq))
  );
  return entry.value && entry.value.atMs + MARKER_KEPT_MS;
}
