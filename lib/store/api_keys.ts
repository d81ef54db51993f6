import { key } from "./keys.ts";
import { getAll } from "./kv_read.ts";
import { withRetry } from "./kv_retry.ts";
import { notDeleted, organizationDeleted } from "./tombstones.ts";

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
}

/** An API key with the version at which it was read. */
export interface StoredApiKey {
  apiKey: ApiKey;
  versionstamp: string;
}

/** The most API keys that an organization can have. */
export const MAX_API_KEYS = 20;

/**
 * How long a repeated form submission replaces the key of the first one, in
 * milliseconds. It is most likely a double click: the browser shows only the
 * second response, so the first key was never seen.
 */
const DOUBLE_SUBMIT_MS = 10_000;

/** The result of adding an API key. */
export type AddApiKeyResult =
  /** `replaced`: the key took the place of the form's first key. */
  | { kind: "added"; replaced: boolean }
  /** The organization has {@linkcode MAX_API_KEYS}. */
  | { kind: "full" }
  /** The form has already created the key with this id. */
  | { kind: "repeated"; id: string };

/** API keys. A record is stored under the SHA-256 digest of its key. */
export interface ApiKeyStore {
  /** Finds an API key by its digest; null if it is unknown or revoked. */
  findApiKey(digest: string): Promise<StoredApiKey | null>;
  /**
   * Adds an API key to its organization, at most one for each form.
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
  removeApiKey(orgId: string, id: string): Promise<boolean>;
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
    removeApiKey: (orgId, id) => removeApiKey(kv, orgId, id),
    async recordApiKeyUse(digest, { apiKey, versionstamp }, usedAtMs) {
      const record = key.apiKey(digest);
      // The check keeps a revoked key from being written back.
      const commit = kv.atomic().check({ key: record, versionstamp })
        .set(record, { ...apiKey, lastUsedAtMs: usedAtMs });
      await withRetry(() => commit.commit());
    },
  };
}

/** An entry of an organization's index of API keys, oldest first. */
interface IndexEntry {
  id: string;
  digest: string;
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
    const others = replaced
      ? index.filter((entry) => entry !== claim.entry)
      : index;
    result = others.length >= MAX_API_KEYS
      ? { kind: "full" }
      : { kind: "added", replaced };
    if (result.kind === "full") return null;
    const record = key.apiKey(digest);
    commit.check({ key: record, versionstamp: null }).set(record, apiKey);
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
const FORM_KEPT_MS = 30 * 24 * 60 * 60 * 1000;

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
  orgId: string,
  id: string,
): Promise<boolean> {
  let found = false;
  await updateIndex(kv, orgId, (index, commit) => {
    const removed = index.find((entry) => entry.id === id);
    if (removed === undefined) return null;
    found = true;
    commit.delete(key.apiKey(removed.digest));
    return index.filter((entry) => entry !== removed);
  });
  return found;
}

/**
 * Returns the new index, and adds the related writes to the commit; null
 * leaves everything unchanged.
 */
type IndexUpdate = (
  index: readonly IndexEntry[],
  commit: Deno.AtomicOperation,
) => IndexEntry[] | null | Promise<IndexEntry[] | null>;

const MAX_ATTEMPTS = 30;

async function updateIndex(
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
    if (index === null) return;
    if (index.length === 0) commit.delete(indexKey);
    else commit.set(indexKey, index);
    if ((await withRetry(() => commit.commit())).ok) return;
  }
  throw new Error("Cannot change API keys: too many concurrent changes");
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
