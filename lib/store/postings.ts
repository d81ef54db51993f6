import {
  EMPTY_WALLET,
  type LedgerEntry,
  post,
  type Posting,
  type Wallet,
} from "../ledger.ts";
import { key } from "./keys.ts";
import { persist } from "./persist.ts";

/** What came of a posting. Its entry is durable. */
export type PostOutcome =
  | { kind: "posted"; entry: LedgerEntry; wallet: Wallet }
  /** Its source was posted before, by this entry. */
  | { kind: "repeated"; entry: LedgerEntry; wallet: Wallet }
  /** A charge of more than there is: nothing was taken. */
  | { kind: "insufficient"; wallet: Wallet };

/** A posting that waits for its turn. */
export interface Waiting {
  posting: Posting;
  /** The entry's id, by which one knows one's own after a lost answer. */
  id: string;
  nowMs: number;
  resolve(outcome: PostOutcome): void;
  reject(error: unknown): void;
}

/** What waits for one wallet and is to be committed together. */
export interface Batch {
  orgId: string;
  waiting: Waiting[];
}

/** A batch as it would come out, given the wallet that was read. */
interface Draft {
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
  batches: readonly Batch[],
): Promise<boolean> {
  const wallets = await readWallets(kv, batches.map(({ orgId }) => orgId));
  const drafts = await Promise.all(batches.map(async (batch, index) => {
    const known = await readSources(kv, batch);
    const { value, versionstamp } = wallets[index] ?? NOTHING;
    const wallet = value ?? EMPTY_WALLET;
    return draftOf(batch, { known, wallet, version: versionstamp });
  }));
  const changed = drafts.filter(({ entries }) => entries.length > 0);
  if (changed.length > 0 && !await commit(kv, changed)) return false;
  for (const { answers } of drafts) answers.forEach((answer) => answer());
  return true;
}

const NOTHING = { value: null, versionstamp: null };

async function readWallets(kv: Deno.Kv, orgIds: readonly string[]) {
  return await persist(() =>
    kv.getMany<Wallet[]>(orgIds.map((orgId) => key.wallet(orgId)))
  );
}

/** Deno KV reads no more keys at once. */
const KEYS_A_READ = 10;

/** Entries by source, of those that were posted before and still count. */
async function readSources(
  kv: Deno.Kv,
  { orgId, waiting }: Batch,
): Promise<Map<string, LedgerEntry>> {
  const sources = [...new Set(waiting.map(({ posting }) => posting.source))];
  const marks = await readAll<number>(
    kv,
    sources.map((source) => key.ledgerSource(orgId, source)),
  );
  const seqs = marks.filter((seq) => seq !== null);
  if (seqs.length === 0) return new Map();
  const entries = await readAll<LedgerEntry>(
    kv,
    seqs.map((seq) => key.ledgerEntry(orgId, seq)),
  );
  return new Map(
    entries.flatMap((entry) => entry === null ? [] : [[entry.source, entry]]),
  );
}

/** Values of any number of keys, in their order. */
async function readAll<T>(
  kv: Deno.Kv,
  keys: readonly Deno.KvKey[],
): Promise<(T | null)[]> {
  const reads = [];
  for (let first = 0; first < keys.length; first += KEYS_A_READ) {
    const some = keys.slice(first, first + KEYS_A_READ);
    reads.push(persist(() => kv.getMany<T[]>(some)));
  }
  return (await Promise.all(reads)).flat().map(({ value }) => value);
}

function draftOf(
  { orgId, waiting }: Batch,
  { known, wallet, version }: {
    known: Map<string, LedgerEntry>;
    wallet: Wallet;
    version: string | null;
  },
): Draft {
  const draft: Draft = {
    ...{ orgId, version, wallet },
    ...{ entries: [], sources: [], answers: [] },
  };
  for (const one of waiting) addTo(draft, one, known);
  return draft;
}

/** A posting that cannot be is its own caller's trouble, and nobody else's. */
function addTo(
  draft: Draft,
  one: Waiting,
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
  draft: Draft,
  { posting, id, nowMs }: Waiting,
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
  drafts: readonly Draft[],
): Promise<boolean> {
  const atomic = kv.atomic();
  for (const { orgId, version, wallet, entries, sources } of drafts) {
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
  return (await persist(() => atomic.commit())).ok;
}
