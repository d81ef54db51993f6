import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";
import { notDeleted, organizationDeleted } from "./tombstones.ts";

/** An entry of an organization's index of API keys, oldest first. */
export interface IndexEntry {
  id: string;
  digest: string;
  /** Set for a key that was rotated: when it stops working. */
  retiresAtMs?: number;
}

/**
 * Returns the new index, and adds the related writes to the commit; null
 * leaves everything unchanged.
 */
type IndexUpdate = (
  index: readonly IndexEntry[],
  commit: Deno.AtomicOperation,
) => readonly IndexEntry[] | null | Promise<readonly IndexEntry[] | null>;

const MAX_ATTEMPTS = 30;

/** Changes an organization's API keys in one commit, with retries. */
export async function updateIndex(
  kv: Deno.Kv,
  orgId: string,
  update: IndexUpdate,
): Promise<void> {
  const indexKey = key.apiKeyIndex(orgId);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const [read, deletion] = await withRetry(() =>
      kv.getMany<[IndexEntry[], unknown]>([indexKey, key.deletion(orgId)])
    );
    if (deletion.value !== null) throw organizationDeleted(orgId);
    const commit = kv.atomic().check(read).check(notDeleted(orgId));
    const index = await update(read.value ?? [], commit);
    if (index === null) {
      if (await isCurrent(kv, read)) return;
      continue;
    }
    if (index.length === 0) commit.delete(indexKey);
    else commit.set(indexKey, index);
    if ((await withRetry(() => commit.commit())).ok) return;
  }
  throw new Error("Cannot change API keys: too many concurrent changes");
}

/**
 * Reports whether an index has not changed since it was read. No commit checks
 * a decision to change nothing, and the update may have read a key's record
 * that is newer than the index.
 */
async function isCurrent(
  kv: Deno.Kv,
  { key, versionstamp }: Deno.KvEntryMaybe<unknown>,
): Promise<boolean> {
  const now = await withRetry(() => kv.get(key));
  return now.versionstamp === versionstamp;
}

/** Drops the keys that were rotated and no longer work. */
export function withoutRetired(
  index: readonly IndexEntry[],
  commit: Deno.AtomicOperation,
  nowMs: number,
): IndexEntry[] {
  return index.filter(({ digest, retiresAtMs }) => {
    if (retiresAtMs === undefined || nowMs < retiresAtMs) return true;
    commit.delete(key.apiKey(digest));
    return false;
  });
}
