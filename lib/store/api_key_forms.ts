import type { ApiKey } from "./api_keys.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";

/** An entry of an organization's index of keys. */
export interface Listed {
  id: string;
  digest: string;
}

/** What a form that wants a key is to the keys that there are. */
export type FormResult =
  | { kind: "first" }
  /** It was sent twice at once: what it has made gives way. */
  | { kind: "again"; instead: Listed }
  /** It made a key, which stays as it is, or was revoked. */
  | { kind: "repeated"; id: string };

/** The key that a form has made. */
interface Made {
  id: string;
  madeAtMs: number;
}

/** A browser asks before it sends a form again, and nobody says yes so late. */
const KNOWN_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * A form that comes a second time within so long was clicked twice, most
 * likely: a browser then shows the second answer alone, so nobody has seen
 * the first key.
 */
export const DOUBLE_SUBMIT_MS = 10_000;

/**
 * Reads what a form has made, and adds to the commit that it makes this key
 * now. The commit fails if another request of the same form is quicker.
 *
 * @param form Stands for the form and what is in it.
 */
export async function claimForm(
  kv: Deno.Kv,
  commit: Deno.AtomicOperation,
  { form, credential, listed }: {
    form: string;
    credential: ApiKey;
    listed: readonly Listed[];
  },
): Promise<FormResult> {
  const { orgId, id, createdAtMs } = credential;
  const claimed = key.credentialForm(orgId, form);
  const read = await withRetry(() => kv.get<Made>(claimed));
  const made: Made = { id, madeAtMs: createdAtMs };
  commit.check(read).set(claimed, made, { expireIn: KNOWN_MS });
  if (read.value === null) return { kind: "first" };
  const before = read.value;
  const repeated = { kind: "repeated", id: before.id } as const;
  const instead = listed.find((one) => one.id === before.id);
  if (instead === undefined) return repeated;
  if (createdAtMs - before.madeAtMs > DOUBLE_SUBMIT_MS) return repeated;
  const unused = await withRetry(() =>
    kv.get<ApiKey>(key.credential(instead.digest))
  );
  if (unused.value?.lastUsedAtMs !== null) return repeated;
  commit.check(unused).delete(unused.key);
  return { kind: "again", instead };
}
