import { type ActivityDetails, type Actor, addActivity } from "./activity.ts";
import {
  type IndexEntry,
  updateIndex,
  withoutRetired,
} from "./api_key_index.ts";
import {
  type ApiKey,
  type ApiKeyChange,
  DOUBLE_SUBMIT_MS,
  isExpired,
  type RotateApiKeyResult,
  ROTATION_MS,
  type Successor,
} from "./api_keys.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";

/** Describes an API key in the activity. */
export function keyDetails(
  { id, name, prefix, scopes }: ApiKey,
): ActivityDetails["api_key.created"] {
  return { key_id: id, name, prefix, scopes };
}

/** Reads an API key; the commit fails if the key changes before it. */
async function readForChange(
  kv: Deno.Kv,
  commit: Deno.AtomicOperation,
  entry: IndexEntry | undefined,
): Promise<ApiKey | null> {
  if (entry === undefined) return null;
  const read = await withRetry(() => kv.get<ApiKey>(key.apiKey(entry.digest)));
  commit.check(read);
  return read.value;
}

/** See `ApiKeyStore.changeApiKey()`. */
export async function changeApiKey(
  kv: Deno.Kv,
  { orgId, id, change, actor, nowMs }: {
    orgId: string;
    id: string;
    change: ApiKeyChange;
    actor: Actor;
    nowMs: number;
  },
): Promise<ApiKey | null> {
  let changed: ApiKey | null = null;
  await updateIndex(kv, orgId, async (index, commit) => {
    const entry = index.find((entry) => entry.id === id);
    const apiKey = await readForChange(kv, commit, entry);
    changed = apiKey && { ...apiKey, ...change };
    if (!entry || !apiKey || !changed || isSame(apiKey, changed)) return null;
    commit.set(key.apiKey(entry.digest), changed);
    const { name, scopes } = apiKey;
    addActivity(commit, orgId, {
      action: "api_key.changed",
      atMs: nowMs,
      actor,
      details: { ...keyDetails(changed), before: { name, scopes } },
    });
    return index;
  });
  return changed;
}

function isSame(one: ApiKey, other: ApiKey): boolean {
  return one.name === other.name && one.scopes.join() === other.scopes.join();
}

/** The most rotated keys that still work, for each organization. */
const MAX_RETIRING = 20;

/** See `ApiKeyStore.rotateApiKey()`. */
export async function rotateApiKey(
  kv: Deno.Kv,
  { orgId, id, ...successor }: Successor & { orgId: string; id: string },
): Promise<RotateApiKeyResult | null> {
  let result: RotateApiKeyResult | null = null;
  await updateIndex(kv, orgId, async (index, commit) => {
    // KV Connect may report a commit as refused although it took effect.
    if (index.some(({ digest }) => digest === successor.digest)) return null;
    const entry = index.find((entry) => entry.id === id);
    const apiKey = await readForChange(kv, commit, entry);
    result = null;
    if (!entry || !apiKey) return null;
    const rotation = { orgId, index, entry, apiKey, ...successor };
    const { kept, ...outcome } = await rotate(kv, commit, rotation);
    result = outcome.result;
    return kept ?? null;
  });
  return result;
}

interface Rotation extends Successor {
  orgId: string;
  index: readonly IndexEntry[];
  /** The former key. */
  entry: IndexEntry;
  apiKey: ApiKey;
}

/** @returns `kept`: the new index, if the key can be rotated. */
async function rotate(
  kv: Deno.Kv,
  commit: Deno.AtomicOperation,
  rotation: Rotation,
): Promise<{ result: RotateApiKeyResult; kept?: IndexEntry[] }> {
  const { orgId, index, entry, apiKey, nowMs, digest, actor } = rotation;
  if (isExpired(apiKey, nowMs)) return { result: { kind: "expired" } };
  const unseen = await dropUnseen(kv, commit, rotation);
  if (unseen === null && apiKey.successorId !== undefined) {
    const { successorId } = apiKey;
    return { result: { kind: "already_rotated", successorId } };
  }
  const others = withoutRetired(index, commit, nowMs)
    .filter((other) => other.id !== unseen?.id && other !== entry);
  const retiring = others.filter(({ retiresAtMs }) => retiresAtMs);
  if (retiring.length >= MAX_RETIRING) return { result: { kind: "full" } };
  // After a rotation the former key no longer shows its lifetime.
  const successor = rotation.from(unseen ?? apiKey);
  const retiresAtMs = Math.min(
    apiKey.expiresAtMs ?? Infinity,
    nowMs + ROTATION_MS,
  );
  const former: ApiKey = {
    ...apiKey,
    successorId: successor.id,
    expiresAtMs: retiresAtMs,
  };
  commit.set(key.apiKey(entry.digest), former)
    .check({ key: key.apiKey(digest), versionstamp: null })
    .set(key.apiKey(digest), successor);
  addActivity(commit, orgId, {
    action: "api_key.rotated",
    atMs: nowMs,
    actor,
    details: {
      ...keyDetails(former),
      successor_id: successor.id,
      successor_prefix: successor.prefix,
      expires_at: new Date(retiresAtMs).toISOString(),
    },
  });
  const replaced = unseen !== null;
  return {
    result: { kind: "rotated", former, successor, replaced },
    kept: [...others, { ...entry, retiresAtMs }, { id: successor.id, digest }],
  };
}

/** Deletes the successor if its secret was most likely never seen. */
async function dropUnseen(
  kv: Deno.Kv,
  commit: Deno.AtomicOperation,
  { index, apiKey, nowMs }: Rotation,
): Promise<ApiKey | null> {
  const entry = index.find(({ id }) => id === apiKey.successorId);
  const successor = await readForChange(kv, commit, entry);
  if (entry === undefined || successor === null) return null;
  const { createdAtMs, lastUsedAtMs } = successor;
  const isRecent = nowMs - createdAtMs <= DOUBLE_SUBMIT_MS;
  if (!isRecent || lastUsedAtMs !== null) return null;
  commit.delete(key.apiKey(entry.digest));
  return successor;
}
