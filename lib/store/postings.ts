import { key } from "./keys.ts";
import { getAll } from "./kv_read.ts";
import { withRetry } from "./kv_retry.ts";
import type { RecentWallets, WalletEntry } from "./recent_wallets.ts";
import { notDeleted, organizationDeleted } from "./tombstones.ts";
import {
  type ApplyPosting,
  EMPTY_WALLET,
  type LedgerEntry,
  type Posting,
  type Wallet,
} from "./ledger_types.ts";

/** The result of a posting. Its entry is durable. */
export type PostOutcome =
  | { kind: "posted"; entry: LedgerEntry; wallet: Wallet }
  /** The source was already posted; `entry` is the earlier entry. */
  | { kind: "repeated"; entry: LedgerEntry; wallet: Wallet }
  /** A charge above the balance: nothing was taken. */
  | { kind: "insufficient"; wallet: Wallet };

/** A posting that waits for its commit. */
export interface QueuedPosting {
  posting: Posting;
  /** The id of its entry, which recognizes it after an uncertain commit. */
  id: string;
  nowMs: number;
  resolve(outcome: PostOutcome): void;
  reject(error: unknown): void;
}

/** Postings to one wallet that are committed together. */
export interface WalletBatch {
  orgId: string;
  waiting: QueuedPosting[];
}

/** The writes and answers of a batch, computed from the wallet as read. */
interface PostingPlan {
  orgId: string;
  /** Versionstamp of the wallet as read. */
  version: string | null;
  wallet: Wallet;
  /** New entries; the number of the last one is `wallet.entries`. */
  entries: LedgerEntry[];
  /** New sources and the numbers of their entries. */
  sources: [source: string, seq: number, expires: boolean][];
  answers: (() => void)[];
}

/** Lifetime of a charge's Idempotency-Key, in milliseconds. */
const IDEMPOTENCY_KEY_TTL_MS = 24 * 60 * 60 * 1000;

/** The store, as commits of postings use it. */
export interface PostingTarget {
  kv: Deno.Kv;
  applyPosting: ApplyPosting;
  /** The most checks that the store allows in a commit, at least 10. */
  checksPerCommit: number;
  recent: RecentWallets;
}

/**
 * Applies each batch to its wallet and commits all batches or none, guarded
 * by the versions of the wallets.
 *
 * @returns False if a wallet changed since it was read, or the store reports
 * so: no posting was answered.
 */
export async function commitBatches(
  target: PostingTarget,
  batches: readonly WalletBatch[],
): Promise<boolean> {
  return await commitRecent(target, batches) ||
    await commitAsRead(target, batches);
}

/**
 * Commits without a read, if this process committed the wallets last and all
 * sources are new. The commit checks both.
 *
 * @returns False if nothing was committed and no posting answered.
 */
async function commitRecent(
  target: PostingTarget,
  batches: readonly WalletBatch[],
): Promise<boolean> {
  const { applyPosting, checksPerCommit, recent } = target;
  const postings = batches.reduce(
    (sum, { waiting }) => sum + waiting.length,
    0,
  );
  if (batches.length + postings > checksPerCommit) return false;
  const wallets = recent.take(batches.map(({ orgId }) => orgId));
  if (wallets === null) return false;
  const plans = batches.map((batch, index) =>
    planBatch(batch, {
      stored: wallets[index] ?? MISSING,
      posted: new Map(),
      applyPosting,
    })
  );
  // An answer without an entry is not part of a commit, which checks the wallet.
  if (plans.some(({ entries }) => entries.length === 0)) return false;
  // Refused postings, too: an earlier attempt of one may have been posted.
  const newSources = batches.flatMap(({ orgId, waiting }) =>
    waiting.map(({ posting }) => ({
      key: key.ledgerSource(orgId, posting.source),
      versionstamp: null,
    }))
  );
  if (!await commitPlans(target, plans, newSources)) return false;
  answerAll(plans);
  return true;
}

/**
 * Commits after reading wallets and markers.
 *
 * A source marker is only ever written together with its wallet. So markers
 * are read after the wallets, and one check per wallet guards them too.
 *
 * @returns False after a conflict: no posting was answered.
 */
async function commitAsRead(
  target: PostingTarget,
  batches: readonly WalletBatch[],
): Promise<boolean> {
  const { kv, applyPosting } = target;
  const wallets = await readWallets(kv, batches);
  const posted = await readPostedEntries(kv, batches);
  const deleted = await readDeleted(kv, batches, wallets);
  const plans = batches.map((batch, index) =>
    planBatch(batch, {
      stored: wallets[index] ?? MISSING,
      posted: posted[index] ?? new Map(),
      applyPosting: deleted.has(batch.orgId)
        ? () => {
          throw organizationDeleted(batch.orgId);
        }
        : applyPosting,
    })
  );
  const changed = plans.filter(({ entries }) => entries.length > 0);
  if (changed.length > 0 && !await commitPlans(target, changed)) return false;
  answerAll(plans);
  return true;
}

function answerAll(plans: readonly PostingPlan[]): void {
  for (const { answers } of plans) answers.forEach((answer) => answer());
}

/** Fills in the fields that a wallet of an older version lacks. */
export function asWallet(stored: Partial<Wallet> | null): Wallet {
  return { ...EMPTY_WALLET, ...stored };
}

const MISSING = { value: null, versionstamp: null };

/** One read, as Deno KV reads as many keys as a commit has wallets. */
async function readWallets(kv: Deno.Kv, batches: readonly WalletBatch[]) {
  return await withRetry(() =>
    kv.getMany<Wallet[]>(batches.map(({ orgId }) => key.wallet(orgId)))
  );
}

/**
 * The deleted organizations. Only those without a wallet are looked up: a
 * deletion deletes the wallet, which a posting's commit checks.
 */
async function readDeleted(
  kv: Deno.Kv,
  batches: readonly WalletBatch[],
  wallets: readonly Deno.KvEntryMaybe<Wallet>[],
): Promise<Set<string>> {
  const missing = batches.map(({ orgId }) => orgId)
    .filter((_, index) => !wallets[index]?.value);
  const entries = await getAll(kv, missing.map(key.deletion));
  return new Set(missing.filter((_, index) => entries[index]?.value));
}

/**
 * The entries of already posted sources, by source, for each batch. All
 * batches share their reads, as a read costs more than its keys.
 */
async function readPostedEntries(
  kv: Deno.Kv,
  batches: readonly WalletBatch[],
): Promise<Map<string, LedgerEntry>[]> {
  const markers = batches.flatMap(({ orgId, waiting }, index) =>
    waiting.map(({ posting }) => ({
      index,
      orgId,
      key: key.ledgerSource(orgId, posting.source),
    }))
  );
  const numbers = await getAll<number>(kv, markers.map(({ key }) => key));
  // Only repeated sources have a marker, so this is usually empty.
  const found = markers.flatMap(({ index, orgId }, at) => {
    const seq = numbers[at]?.value ?? null;
    return seq === null ? [] : [{ index, key: key.ledgerEntry(orgId, seq) }];
  });
  const entries = await getAll<LedgerEntry>(kv, found.map(({ key }) => key));
  const posted = batches.map(() => new Map<string, LedgerEntry>());
  for (const [at, { index }] of found.entries()) {
    const entry = entries[at]?.value;
    if (entry) posted[index]?.set(entry.source, entry);
  }
  return posted;
}

interface BatchState {
  stored: WalletEntry | Deno.KvEntryMaybe<Wallet> | typeof MISSING;
  /** Entries by source; grows with the batch, which may repeat a source. */
  posted: Map<string, LedgerEntry>;
  applyPosting: ApplyPosting;
}

function planBatch(
  { orgId, waiting }: WalletBatch,
  state: BatchState,
): PostingPlan {
  const { value, versionstamp: version } = state.stored;
  const plan: PostingPlan = {
    orgId,
    version,
    wallet: asWallet(value),
    entries: [],
    sources: [],
    answers: [],
  };
  for (const queued of waiting) planPosting(plan, queued, state);
  return plan;
}

/** An invalid posting rejects its own caller only. */
function planPosting(
  plan: PostingPlan,
  queued: QueuedPosting,
  state: BatchState,
): void {
  try {
    const outcome = addPosting(plan, queued, state);
    plan.answers.push(() => queued.resolve(outcome));
  } catch (error) {
    plan.answers.push(() => queued.reject(error));
  }
}

function addPosting(
  plan: PostingPlan,
  { posting, id, nowMs }: QueuedPosting,
  { posted, applyPosting }: BatchState,
): PostOutcome {
  const former = posted.get(posting.source);
  if (former !== undefined && !isExpired(former, nowMs)) {
    // The same id: an earlier attempt was committed, but reported as failed.
    const kind = former.id === id ? "posted" : "repeated";
    return { kind, entry: former, wallet: plan.wallet };
  }
  const applied = applyPosting(plan.wallet, posting, { id, atMs: nowMs });
  if (applied === null) return { kind: "insufficient", wallet: plan.wallet };
  const [entry] = applied.entries;
  const seq = plan.wallet.entries + 1;
  plan.wallet = applied.wallet;
  plan.entries.push(...applied.entries);
  plan.sources.push([posting.source, seq, posting.kind === "charge"]);
  posted.set(posting.source, entry);
  return { kind: "posted", entry, wallet: applied.wallet };
}

/** Only the source of a charge expires: it is an Idempotency-Key. */
function isExpired({ kind, atMs }: LedgerEntry, nowMs: number): boolean {
  return kind === "charge" && nowMs - atMs >= IDEMPOTENCY_KEY_TTL_MS;
}

/** Longer than the key lives: `isExpired` decides, by the app's clock. */
export const MARKER_KEPT_MS = 2 * IDEMPOTENCY_KEY_TTL_MS;

/**
 * Checks and sets only: a commit with other operations can apply in part.
 *
 * @param newSources Checks that no source was posted before.
 */
async function commitPlans(
  { kv, checksPerCommit, recent }: PostingTarget,
  plans: readonly PostingPlan[],
  newSources: readonly Deno.AtomicCheck[] = [],
): Promise<boolean> {
  const created = plans.filter(({ version }) => version === null);
  // Then each wallet is committed alone.
  if (plans.length + created.length > checksPerCommit) return false;
  const atomic = kv.atomic().check(...newSources);
  for (const { orgId } of created) atomic.check(notDeleted(orgId));
  for (const { orgId, version, wallet, entries, sources } of plans) {
    const walletKey = key.wallet(orgId);
    atomic.check({ key: walletKey, versionstamp: version })
      .set(walletKey, wallet);
    const first = wallet.entries - entries.length + 1;
    for (const [index, entry] of entries.entries()) {
      atomic.set(key.ledgerEntry(orgId, first + index), entry);
    }
    for (const [source, seq, expires] of sources) {
      const marker = key.ledgerSource(orgId, source);
      atomic.set(marker, seq, expires ? { expireIn: MARKER_KEPT_MS } : {});
    }
  }
  const result = await withRetry(() => atomic.commit());
  if (!result.ok) return false;
  const { versionstamp } = result;
  for (const { orgId, wallet } of plans) {
    recent.set(orgId, { value: wallet, versionstamp });
  }
  return true;
}
