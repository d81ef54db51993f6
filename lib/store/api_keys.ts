import type { Scope } from "@/lib/http/schemas/api_keys.ts";
import { claimForm, type Listed } from "./api_key_forms.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";

/** An API key, without what would let anybody use it. */
export interface ApiKey {
  /** `key_…` */
  id: string;
  orgId: string;
  name: string;
  /** The first characters of the key, to know it by. */
  prefix: string;
  scopes: readonly Scope[];
  /** Who made it: `user_…`. */
  createdBy: string;
  createdAtMs: number;
  /** Null: never. At most a minute behind. */
  lastUsedAtMs: number | null;
}

/** A credential with the version that it was read at. */
export interface StoredApiKey {
  credential: ApiKey;
  versionstamp: string;
}

/** As many as an organization may have; the index stays one small record. */
export const MAX_API_KEYS = 20;

/** API keys. The record lies under the key's digest: to know it is one read. */
export interface ApiKeyStore {
  /** What a key's SHA-256 stands for; null for one revoked or never made. */
  findApiKey(digest: string): Promise<StoredApiKey | null>;
  /**
   * Adds a key to its organization's; one form adds one key.
   *
   * @param form Stands for the form that it is made with, where there is one.
   */
  addApiKey(
    digest: string,
    credential: ApiKey,
    form?: string,
  ): Promise<Added>;
  /** An organization's keys, newest first. */
  listApiKeys(orgId: string): Promise<ApiKey[]>;
  /** @returns False if the organization has no such key. */
  removeApiKey(orgId: string, id: string): Promise<boolean>;
  /** Does nothing for a key that was revoked, or noted, since it was read. */
  recordApiKeyUse(
    digest: string,
    read: StoredApiKey,
    usedAtMs: number,
  ): Promise<void>;
}

/** What became of a key that was to be added. */
export type Added =
  /** `replaced`: one that the same form made a moment ago has given way. */
  | { kind: "added"; replaced: boolean }
  /** There are {@linkcode MAX_API_KEYS}. */
  | { kind: "full" }
  /** The form has made a key before, and makes no other: its id. */
  | { kind: "repeated"; id: string };

export function apiKeyStore(kv: Deno.Kv): ApiKeyStore {
  return {
    async findApiKey(digest) {
      const { value, versionstamp } = await withRetry(() =>
        kv.get<ApiKey>(key.credential(digest))
      );
      return value && { credential: value, versionstamp };
    },
    addApiKey: (digest, credential, form) =>
      addApiKey(kv, { digest, credential, form }),
    listApiKeys: (orgId) => listApiKeys(kv, orgId),
    removeApiKey: (orgId, id) => removeApiKey(kv, orgId, id),
    async recordApiKeyUse(digest, { credential, versionstamp }, usedAtMs) {
      const kept = key.credential(digest);
      // The check is what keeps a key that was revoked meanwhile revoked.
      const commit = kv.atomic().check({ key: kept, versionstamp })
        .set(kept, { ...credential, lastUsedAtMs: usedAtMs });
      await withRetry(() => commit.commit());
    },
  };
}

async function addApiKey(
  kv: Deno.Kv,
  { digest, credential, form }: {
    digest: string;
    credential: ApiKey;
    form: string | undefined;
  },
): Promise<Added> {
  const { orgId, id } = credential;
  const kept = key.credential(digest);
  let added: Added = { kind: "added", replaced: false };
  await changeIndex(kv, orgId, async (listed, commit) => {
    // Over KV Connect a commit that took effect may be reported as refused.
    if (listed.some((one) => one.id === id)) return null;
    const claim = form === undefined
      ? { kind: "first" } as const
      : await claimForm(kv, commit, { form, credential, listed });
    if (claim.kind === "repeated") {
      added = claim;
      return null;
    }
    const replaced = claim.kind === "again";
    const others = replaced
      ? listed.filter((one) => one !== claim.instead)
      : listed;
    added = others.length >= MAX_API_KEYS
      ? { kind: "full" }
      : { kind: "added", replaced };
    if (added.kind === "full") return null;
    commit.check({ key: kept, versionstamp: null }).set(kept, credential);
    return [...others, { id, digest }];
  });
  return added;
}

async function removeApiKey(
  kv: Deno.Kv,
  orgId: string,
  id: string,
): Promise<boolean> {
  let found = false;
  await changeIndex(kv, orgId, (listed, commit) => {
    const entry = listed.find((one) => one.id === id);
    if (entry === undefined) return null;
    found = true;
    commit.delete(key.credential(entry.digest));
    return listed.filter((one) => one !== entry);
  });
  return found;
}

/**
 * The index after a change, which also adds to the commit what goes with it;
 * null where nothing is to be changed.
 */
type Change = (
  listed: readonly Listed[],
  commit: Deno.AtomicOperation,
) => Listed[] | null | Promise<Listed[] | null>;

/** People make and revoke keys by hand: a few at a time is many. */
const MAX_ATTEMPTS = 30;

async function changeIndex(
  kv: Deno.Kv,
  orgId: string,
  change: Change,
): Promise<void> {
  const index = key.credentials(orgId);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const read = await withRetry(() => kv.get<Listed[]>(index));
    const commit = kv.atomic()
      .check({ key: index, versionstamp: read.versionstamp });
    const listed = await change(read.value ?? [], commit);
    if (listed === null) return;
    if (listed.length === 0) commit.delete(index);
    else commit.set(index, listed);
    if ((await withRetry(() => commit.commit())).ok) return;
  }
  throw new Error("Cannot change API keys: others did all the while");
}

/** Deno KV reads no more keys at a time. */
const KEYS_A_READ = 10;

async function listApiKeys(
  kv: Deno.Kv,
  orgId: string,
): Promise<ApiKey[]> {
  const { value } = await withRetry(() =>
    kv.get<Listed[]>(key.credentials(orgId))
  );
  const keys = (value ?? []).map(({ digest }) => key.credential(digest));
  const reads: Promise<Deno.KvEntryMaybe<ApiKey>[]>[] = [];
  for (let first = 0; first < keys.length; first += KEYS_A_READ) {
    const some = keys.slice(first, first + KEYS_A_READ);
    reads.push(withRetry(() => kv.getMany<ApiKey[]>(some)));
  }
  return (await Promise.all(reads)).flat()
    .flatMap(({ value }) => value === null ? [] : [value])
    .toReversed();
}
