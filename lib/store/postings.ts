import {
  EMPTY_WALLET,
  type LedgerEntry,
  post,
  type Posting,
  type Wallet,
} from "@/lib/wallet/ledger.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";
import { readPosted } from "./posting_reads.ts";

/** What came of a posting. Its entry is durable. */
export type PostOutcome =
  | { kind: "posted"; entry: LedgerEntry; wallet: Wallet }
  /** Its source was posted before, by this entry. */
  | { kind: "repeated"; entry: LedgerEntry; wallet: Wallet }
  /** A charge of more than there is: nothing was taken. */
  | { kind: "insufficient"; wallet: Wallet };

/** A posting that waits for its turn. */
export interface QueuedPosting {
  posting: Posting;
  /** The entry's id, by which one knows one's own after a lost answer. */
  id: string;
  nowMs: number;
  resolve(outcome: PostOutcome): void;
  reject(error: unknown): void;
}

/** What waits for one wallet and is to be committed together. */
export interface WalletBatch {
  orgId: string;
  waiting: QueuedPosting[];
}

/** A batch as it would come out, given the wallet that was read. */
interface PostingPlan {
  orgId: string;
  version: string | null;
  wallet: Wallet;
  /** New entries, of which the last has the wallet's number of entries. */
  entries: LedgerEntry[];
  /** New sources and the numbers of their entries. */
  sources: [source: string, seq: number, expires: boolean][];
  answers: (() => void)[];
}

/** How long a charge is known by its Idempotency-Key, in milliseconds. */
export const CHARGE_KEPT_MS = 24 * 60 * 60 * 1000;

/**
 * Reads wallets, posts to each what waits for it, and commits all of it or
 * nothing, guarded by the versions that were read.
 *
 * A source's mark is only ever written together with its wallet. So the marks
 * are read after the wallets, and one check a wallet guards them all.
 *
 * @returns False if somebody else wrote to one of the wallets meanwhile, or
 * the store says so: then nobody was answered.
 */
export async function commitBatches(
  kv: Deno.Kv,
  batches: readonly WalletBatch[],
): Promise<boolean> {
  const wallets = await readWallets(kv, batches.map(({ orgId }) => orgId));
  const posted = await readPosted(kv, batches);
  const drafts = batches.map((batch, index) =>
    draftOf(batch, {
      stored: wallets[index] ?? NOTHING,
      posted: posted[index] ?? new Map(),
    })
  );
  const changed = drafts.filter(({ entries }) => entries.length > 0);
  if (changed.length > 0 && !await commit(kv, changed)) return false;
  for (const { answers } of drafts) answers.forEach((answer) => answer());
  return true;
}

/** A wallet as it is stored, if it is; what an older one lacks is nothing. */
export function asWallet(stored: Partial<Wallet> | null): Wallet {
  return { ...EMPTY_WALLET, ...stored };
}

const NOTHING = { value: null, versionstamp: null };

async function readWallets(kv: Deno.Kv, orgIds: readonly string[]) {
  return await withRetry(() =>
    kv.getMany<Wallet[]>(orgIds.map((orgId) => key.wallet(orgId)))
  );
}

function draftOf(
  { orgId, waiting }: WalletBatch,
  { stored, posted }: {
    stored: Deno.KvEntryMaybe<Wallet> | typeof NOTHING;
    posted: Map<string, LedgerEntry>;
  },
): PostingPlan {
  const { value, versionstamp: version } = stored;
  const draft: PostingPlan = {
    ...{ orgId, version, wallet: asWallet(value) },
    ...{ entries: [], sources: [], answers: [] },
  };
  for (const one of waiting) addTo(draft, one, posted);
  return draft;
}

/** A posting that cannot be is its own caller's trouble, and nobody else's. */
function addTo(
  draft: PostingPlan,
  one: QueuedPosting,
  known: Map<string, LedgerEntry>,
): void {
  try {
    const outcome = outcomeOf(draft, one, known);
    draft.answers.push(() => one.resolve(outcome));
  } catch (error) {
    draft.answers.push(() => one.reject(error));
  }
}

function outcomeOf(
  draft: PostingPlan,
  { posting, id, nowMs }: QueuedPosting,
  known: Map<string, LedgerEntry>,
): PostOutcome {
  const former = known.get(posting.source);
  if (former !== undefined && counts(former, nowMs)) {
    // Its own: the commit took effect, and the store had said otherwise.
    const kind = former.id === id ? "posted" : "repeated";
    return { kind, entry: former, wallet: draft.wallet };
  }
  const posted = post(draft.wallet, posting, { id, atMs: nowMs });
  if (posted === null) return { kind: "insufficient", wallet: draft.wallet };
  const [entry] = posted.entries;
  const seq = draft.wallet.entries + 1;
  draft.wallet = posted.wallet;
  draft.entries.push(...posted.entries);
  draft.sources.push([posting.source, seq, posting.kind === "charge"]);
  known.set(posting.source, entry);
  return { kind: "posted", entry, wallet: posted.wallet };
}

/** A key that was used for a charge may be used anew after a day. */
function counts({ kind, atMs }: LedgerEntry, nowMs: number): boolean {
  return kind !== "charge" || nowMs - atMs < CHARGE_KEPT_MS;
}

/** Checks and sets only: a commit of anything else could be half applied. */
async function commit(
  kv: Deno.Kv,
  drafts: readonly PostingPlan[],
): Promise<boolean> {
  const atomic = kv.atomic();
  for (const { orgId, version, wallet, ...draft } of drafts) {
    const { entries, sources } = draft;
    const kept = key.wallet(orgId);
    atomic.check({ key: kept, versionstamp: version }).set(kept, wallet);
    const first = wallet.entries - entries.length + 1;
    for (const [index, entry] of entries.entries()) {
      atomic.set(key.ledgerEntry(orgId, first + index), entry);
    }
    for (const [source, seq, expires] of sources) {
      const mark = key.ledgerSource(orgId, source);
      atomic.set(mark, seq, expires ? { expireIn: 2 * CHARGE_KEPT_MS } : {});
    }
  }
  return (await withRetry(() => atomic.commit())).ok;
}
