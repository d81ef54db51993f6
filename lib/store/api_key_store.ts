import { type Actor, addActivity } from "./activity.ts";
import { changeApiKey, keyDetails, rotateApiKey } from "./api_key_changes.ts";
import {
  type IndexEntry,
  updateIndex,
  withoutRetired,
} from "./api_key_index.ts";
import {
  type AddApiKeyResult,
  type ApiKey,
  type ApiKeyStore,
  DOUBLE_SUBMIT_MS,
  MAX_API_KEYS,
} from "./api_keys.ts";
import { key } from "./keys.ts";
import { getAll } from "./kv_read.ts";
import { withRetry } from "./kv_retry.ts";

export function apiKeyStore(kv: Deno.Kv): ApiKeyStore {
  return {
    async findApiKey(digest) {
      const { value, versionstamp } = await withRetry(() =>
        kv.get<ApiKey>(key.apiKey(digest))
      );
      return value && { apiKey: value, versionstamp };
    },
    addApiKey: (digest, apiKey, form) =>
      addApiKey(kv, { digest, apiKey, form }),
    listApiKeys: (orgId) => listApiKeys(kv, orgId),
    removeApiKey: (orgId, id, by) => removeApiKey(kv, { orgId, id, ...by }),
    changeApiKey: (orgId, id, change) =>
      changeApiKey(kv, { orgId, id, ...change }),
    rotateApiKey: (orgId, id, successor) =>
      rotateApiKey(kv, { orgId, id, ...successor }),
    async recordApiKeyUse(digest, { apiKey, versionstamp }, usedAtMs) {
      const record = key.apiKey(digest);
      // The check keeps a revoked key from being written back.
      const commit = kv.atomic().check({ key: record, versionstamp })
        .set(record, { ...apiKey, lastUsedAtMs: usedAtMs });
      await withRetry(() => commit.commit());
    },
  };
}

interface NewApiKey {
  digest: string;
  apiKey: ApiKey;
  form: string | undefined;
}

async function addApiKey(
  kv: Deno.Kv,
  { digest, apiKey, form }: NewApiKey,
): Promise<AddApiKeyResult> {
  const { orgId, id } = apiKey;
  let result: AddApiKeyResult = { kind: "added", replaced: false };
  await updateIndex(kv, orgId, async (index, commit) => {
    // KV Connect may report a commit as refused although it took effect.
    if (index.some((entry) => entry.id === id)) return null;
    const claim: FormClaim = form === undefined
      ? { kind: "new" }
      : await claimForm(kv, commit, { form, apiKey, index });
    if (claim.kind === "repeated") {
      result = claim;
      return null;
    }
    const replaced = claim.kind === "replaces";
    const others = withoutRetired(index, commit, apiKey.createdAtMs)
      .filter((entry) => !replaced || entry !== claim.entry);
    const live = others.filter(({ retiresAtMs }) => retiresAtMs === undefined);
    result = live.length >= MAX_API_KEYS
      ? { kind: "full" }
      : { kind: "added", replaced };
    if (result.kind === "full") return null;
    const record = key.apiKey(digest);
    commit.check({ key: record, versionstamp: null }).set(record, apiKey);
    addActivity(commit, orgId, {
      action: "api_key.created",
      atMs: apiKey.createdAtMs,
      actor: { type: "user", id: apiKey.createdBy },
      details: keyDetails(apiKey),
    });
    return [...others, { id, digest }];
  });
  return result;
}

/** How a new key relates to the earlier submissions of its form. */
type FormClaim =
  | { kind: "new" }
  /** A double submit: the new key replaces this one. */
  | { kind: "replaces"; entry: IndexEntry }
  | { kind: "repeated"; id: string };

/** The key that a form has created. */
interface FormRecord {
  id: string;
  madeAtMs: number;
}

/** How long a form is remembered. */
export const FORM_KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Reads the key that the form has created before, and adds to the commit that
 * it now creates this one. The commit fails if a concurrent request of the
 * same form is committed first.
 */
async function claimForm(
  kv: Deno.Kv,
  commit: Deno.AtomicOperation,
  { form, apiKey, index }: {
    form: string;
    apiKey: ApiKey;
    index: readonly IndexEntry[];
  },
): Promise<FormClaim> {
  const { orgId, id, createdAtMs } = apiKey;
  const formKey = key.apiKeyForm(orgId, form);
  const former = await withRetry(() => kv.get<FormRecord>(formKey));
  const record: FormRecord = { id, madeAtMs: createdAtMs };
  commit.check(former).set(formKey, record, { expireIn: FORM_KEPT_MS });
  if (former.value === null) return { kind: "new" };
  const { id: formerId, madeAtMs } = former.value;
  const repeated = { kind: "repeated", id: formerId } as const;
  const entry = index.find((entry) => entry.id === formerId);
  if (entry === undefined) return repeated; // it was revoked
  if (createdAtMs - madeAtMs > DOUBLE_SUBMIT_MS) return repeated;
  const formerKey = await withRetry(() =>
    kv.get<ApiKey>(key.apiKey(entry.digest))
  );
  if (formerKey.value?.lastUsedAtMs !== null) return repeated;
  // The check also fails if the key is used before the commit.
  commit.check(formerKey).delete(formerKey.key);
  return { kind: "replaces", entry };
}

async function removeApiKey(
  kv: Deno.Kv,
  { orgId, id, actor, nowMs }: {
    orgId: string;
    id: string;
    actor: Actor;
    nowMs: number;
  },
): Promise<boolean> {
  let found = false;
  await updateIndex(kv, orgId, async (index, commit) => {
    const removed = index.find((entry) => entry.id === id);
    if (removed === undefined) return null;
    found = true;
    const record = key.apiKey(removed.digest);
    const { value: apiKey } = await withRetry(() => kv.get<ApiKey>(record));
    commit.delete(record);
    if (apiKey !== null) {
      addActivity(commit, orgId, {
        action: "api_key.revoked",
        atMs: nowMs,
        actor,
        details: keyDetails(apiKey),
      });
    }
    return index.filter((entry) => entry !== removed);
  });
  return found;
}

async function listApiKeys(
  kv: Deno.Kv,
  orgId: string,
): Promise<ApiKey[]> {
  const { value: index } = await withRetry(() =>
    kv.get<IndexEntry[]>(key.apiKeyIndex(orgId))
  );
  const keys = (index ?? []).map(({ digest }) => key.apiKey(digest));
  return (await getAll<ApiKey>(kv, keys))
    .flatMap(({ value }) => value === null ? [] : [value])
    .toReversed();
}
