import type { Scope } from "../schemas/credentials.ts";
import { key } from "./keys.ts";
import { persist } from "./persist.ts";

/** An API key, without what would let anybody use it. */
export interface Credential {
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
export interface StoredCredential {
  credential: Credential;
  versionstamp: string;
}

/** As many as an organization may have; the index stays one small record. */
export const MAX_CREDENTIALS = 20;

/** API keys. The record lies under the key's digest: to know it is one read. */
export interface CredentialStore {
  /** What a key's SHA-256 stands for; null for one revoked or never made. */
  findCredential(digest: string): Promise<StoredCredential | null>;
  /**
   * Adds a key to its organization's.
   *
   * @returns False if it has {@linkcode MAX_CREDENTIALS}.
   */
  addCredential(digest: string, credential: Credential): Promise<boolean>;
  /** An organization's keys, newest first. */
  listCredentials(orgId: string): Promise<Credential[]>;
  /** @returns False if the organization has no such key. */
  removeCredential(orgId: string, id: string): Promise<boolean>;
  /** Does nothing for a key that was revoked, or noted, since it was read. */
  noteCredentialUsed(
    digest: string,
    read: StoredCredential,
    usedAtMs: number,
  ): Promise<void>;
}

/** An entry of an organization's index. */
interface Listed {
  id: string;
  digest: string;
}

export function credentialStore(kv: Deno.Kv): CredentialStore {
  return {
    async findCredential(digest) {
      const { value, versionstamp } = await persist(() =>
        kv.get<Credential>(key.credential(digest))
      );
      return value && { credential: value, versionstamp };
    },
    addCredential: (digest, credential) =>
      addCredential(kv, digest, credential),
    listCredentials: (orgId) => listCredentials(kv, orgId),
    removeCredential: (orgId, id) => removeCredential(kv, orgId, id),
    async noteCredentialUsed(digest, { credential, versionstamp }, usedAtMs) {
      const kept = key.credential(digest);
      // The check is what keeps a key that was revoked meanwhile revoked.
      const commit = kv.atomic().check({ key: kept, versionstamp })
        .set(kept, { ...credential, lastUsedAtMs: usedAtMs });
      await persist(() => commit.commit());
    },
  };
}

async function addCredential(
  kv: Deno.Kv,
  digest: string,
  credential: Credential,
): Promise<boolean> {
  const { orgId, id } = credential;
  const kept = key.credential(digest);
  return await changeIndex(kv, orgId, (listed, commit) => {
    // Over KV Connect a commit that took effect may be reported as refused.
    if (listed.some((one) => one.id === id)) return null;
    if (listed.length >= MAX_CREDENTIALS) return false;
    commit.check({ key: kept, versionstamp: null }).set(kept, credential);
    return [...listed, { id, digest }];
  });
}

async function removeCredential(
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
 * null where it stands already, false where it cannot be.
 */
type Change = (
  listed: readonly Listed[],
  commit: Deno.AtomicOperation,
) => Listed[] | null | false;

/** People make and revoke keys by hand: a few at a time is many. */
const MAX_ATTEMPTS = 30;

async function changeIndex(
  kv: Deno.Kv,
  orgId: string,
  change: Change,
): Promise<boolean> {
  const index = key.credentials(orgId);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const read = await persist(() => kv.get<Listed[]>(index));
    const commit = kv.atomic()
      .check({ key: index, versionstamp: read.versionstamp });
    const listed = change(read.value ?? [], commit);
    if (listed === null || listed === false) return listed === null;
    if (listed.length === 0) commit.delete(index);
    else commit.set(index, listed);
    if ((await persist(() => commit.commit())).ok) return true;
  }
  throw new Error("Cannot change API keys: others did all the while");
}

/** Deno KV reads no more keys at a time. */
const KEYS_A_READ = 10;

async function listCredentials(
  kv: Deno.Kv,
  orgId: string,
): Promise<Credential[]> {
  const { value } = await persist(() =>
    kv.get<Listed[]>(key.credentials(orgId))
  );
  const keys = (value ?? []).map(({ digest }) => key.credential(digest));
  const reads: Promise<Deno.KvEntryMaybe<Credential>[]>[] = [];
  for (let first = 0; first < keys.length; first += KEYS_A_READ) {
    const some = keys.slice(first, first + KEYS_A_READ);
    reads.push(persist(() => kv.getMany<Credential[]>(some)));
  }
  return (await Promise.all(reads)).flat()
    .flatMap(({ value }) => value === null ? [] : [value])
    .toReversed();
}
