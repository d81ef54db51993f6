import { addUsage, type DailyUsage } from "./usage.ts";

/** What an entry of a ledger can be. */
export const ENTRY_KINDS = [
  "grant",
  "purchase",
  "charge",
  "refund",
  "expiry",
  "adjustment",
] as const;
export type EntryKind = typeof ENTRY_KINDS[number];

/** An organization's tokens, the sum of its ledger. */
export interface Wallet {
  /** By the plan; used first, and may expire. Whole tokens, never below 0. */
  granted: number;
  /** By credit packs; they stay. Whole tokens, never below 0. */
  purchased: number;
  /** How many entries the ledger has, which is also the last one's number. */
  entries: number;
  /**
   * Start of the newest period that was granted, in milliseconds since the
   * Unix epoch; 0: none yet. Grants may arrive out of order, and an in-period
   * grant does not change it.
   */
  grantedForMs: number;
  /** The granted tokens by the start of their grant, earliest first. */
  lots: readonly GrantLot[];
  /** What was charged on each of the last days, in no order. */
  used: readonly DailyUsage[];
}

/** Unused tokens of the grants with one start. */
export interface GrantLot {
  /** In milliseconds since the Unix epoch. */
  startMs: number;
  /** Whole tokens, above 0. */
  tokens: number;
}

/** Before its first entry. */
export const EMPTY_WALLET: Wallet = {
  granted: 0,
  purchased: 0,
  entries: 0,
  grantedForMs: 0,
  lots: [],
  used: [],
};

/** A line of the ledger. It is never changed or removed. */
export interface LedgerEntry {
  /** `le_` and 32 hexadecimal digits. */
  id: string;
  atMs: number;
  kind: EntryKind;
  /** What it adds to the granted tokens, or takes if it is below 0. */
  granted: number;
  /** The same for the purchased ones. */
  purchased: number;
  /** Granted and purchased tokens together, after it. */
  balance: number;
  description: string;
  /** What it came of, once: `invoice:in_…`, `checkout:cs_…`, `refund:re_…`… */
  source: string;
}

/** Something that is to happen to a wallet, once for its source. */
export type Posting = Charge | Grant | Purchase | RefundDebit | RefundReversal;

interface PostingBase {
  /** Unique within the organization; at most 300 characters. */
  source: string;
  description: string;
  /** A positive safe integer. */
  tokens: number;
}

/** Takes all of its tokens or none; the granted ones first. */
export interface Charge extends PostingBase {
  kind: "charge";
}

/** Adds a plan's tokens. */
export interface Grant extends PostingBase {
  kind: "grant";
  /** Start of their period; of an in-period grant, a time within it. */
  periodStartMs: number;
  /** Whether unused tokens outlive their period. */
  rollsOver: boolean;
  /** More for a period that was already granted, as by an upgrade. */
  inPeriod?: boolean;
}

/** Adds a credit pack's tokens. */
export interface Purchase extends PostingBase {
  kind: "purchase";
}

/** Takes purchased tokens, as many as there are left of those asked for. */
export interface RefundDebit extends PostingBase {
  kind: "refund";
}

/** Adds purchased tokens again that were taken back for nothing. */
export interface RefundReversal extends PostingBase {
  kind: "adjustment";
}

/** A posting's entries and the wallet after them. */
export interface Posted {
  wallet: Wallet;
  /** Not empty; the posting's own is the first. */
  entries: [LedgerEntry, ...LedgerEntry[]];
}

/**
 * What a posting does to a wallet: the rules of the ledger, and nothing else.
 *
 * @returns Null for a charge of more than there is.
 * @throws {RangeError} If the tokens are not a positive safe integer, or the
 * wallet would hold more than that.
 * @see The HTTP contract, "Words": a token is whole.
 */
export function post(
  wallet: Wallet,
  posting: Posting,
  stamp: { id: string; atMs: number },
): Posted | null {
  requireWhole(posting.tokens);
  const changes = changesOf(wallet, posting);
  if (changes === null) return null;
  const after = { ...wallet };
  const [first, ...more] = changes.map((change) => {
    after.granted += change.granted;
    after.purchased += change.purchased;
    after.entries += 1;
    return entryOf(posting, { change, after, stamp });
  });
  if (first === undefined) throw new TypeError("A posting has no entry");
  requireRoom(after);
  if (posting.kind === "grant") {
    Object.assign(after, afterGrant(wallet, posting));
  } else if (posting.kind === "charge") {
    const { tokens } = posting;
    after.lots = spend(wallet.lots, wallet.granted - after.granted);
    after.used = addUsage(wallet.used, { tokens, atMs: stamp.atMs });
  }
  return { wallet: after, entries: [first, ...more] };
}

function requireWhole(tokens: number): void {
  if (Number.isSafeInteger(tokens) && tokens > 0) return;
  throw new RangeError(
    "Cannot post to a wallet: tokens are not whole, or none",
  );
}

/** Stored beside each other, both sums have to stay exact. */
function requireRoom({ granted, purchased }: Wallet): void {
  if (Number.isSafeInteger(granted + purchased)) return;
  throw new RangeError("Cannot post to a wallet: it would hold too much");
}

interface Change {
  kind: EntryKind;
  granted: number;
  purchased: number;
}

function changesOf(wallet: Wallet, posting: Posting): Change[] | null {
  const { kind, tokens } = posting;
  switch (kind) {
    case "charge":
      return chargeOf(wallet, tokens);
    case "grant":
      return grantOf(wallet, posting);
    case "refund": {
      const left = Math.min(tokens, wallet.purchased);
      return [{ kind, granted: 0, purchased: 0 - left }];
    }
    case "purchase":
    case "adjustment":
      return [{ kind, granted: 0, purchased: tokens }];
  }
}

function chargeOf(wallet: Wallet, tokens: number): Change[] | null {
  if (tokens > wallet.granted + wallet.purchased) return null;
  const granted = Math.min(tokens, wallet.granted);
  const purchased = tokens - granted;
  return [{ kind: "charge", granted: 0 - granted, purchased: 0 - purchased }];
}

function grantOf(wallet: Wallet, posting: Grant): Change[] {
  const { tokens } = posting;
  const grant: Change = { kind: "grant", granted: tokens, purchased: 0 };
  const { lots } = afterGrant(wallet, posting);
  const unused = wallet.granted + tokens - sumOf(lots);
  if (unused === 0) return [grant];
  return [grant, { kind: "expiry", granted: 0 - unused, purchased: 0 }];
}

/** Start of the tokens that roll over: no period starts later. */
const ROLLED_OVER_MS = Number.MAX_SAFE_INTEGER;

/**
 * Tokens expire when they start before the newest period, whichever arrived
 * first. So the order of a month's grants does not change the wallet: an
 * upgrade's tokens outlive the grant of their own period that is posted
 * later, and a grant for an earlier period expires at once.
 */
function afterGrant(
  wallet: Wallet,
  { tokens, periodStartMs, rollsOver, inPeriod }: Grant,
): Pick<Wallet, "grantedForMs" | "lots"> {
  const grantedForMs = inPeriod
    ? wallet.grantedForMs
    : Math.max(wallet.grantedForMs, periodStartMs);
  const startMs = rollsOver ? ROLLED_OVER_MS : periodStartMs;
  const lots = addLot(lotsOf(wallet, rollsOver), { startMs, tokens });
  const kept = lots.filter(({ startMs }) => startMs >= grantedForMs);
  return { grantedForMs, lots: bounded(kept) };
}

/**
 * Wallets written before lots were recorded have none: their tokens form one
 * lot, which rolls over if the next grant does.
 */
function lotsOf(
  { lots, granted, grantedForMs }: Wallet,
  rollsOver: boolean,
): readonly GrantLot[] {
  if (sumOf(lots) === granted) return lots;
  const startMs = rollsOver ? ROLLED_OVER_MS : grantedForMs;
  return [{ startMs, tokens: granted }];
}

function sumOf(lots: readonly GrantLot[]): number {
  return lots.reduce((sum, { tokens }) => sum + tokens, 0);
}

function addLot(lots: readonly GrantLot[], added: GrantLot): GrantLot[] {
  const same = lots.find(({ startMs }) => startMs === added.startMs);
  const others = lots.filter((lot) => lot !== same);
  const tokens = added.tokens + (same?.tokens ?? 0);
  return [...others, { startMs: added.startMs, tokens }]
    .toSorted((a, b) => a.startMs - b.startMs);
}

const MAX_LOTS = 100;

/** Of too many, the two that expire first expire together, with the later. */
function bounded(lots: GrantLot[]): GrantLot[] {
  const [first, second, ...rest] = lots;
  if (!first || !second || lots.length <= MAX_LOTS) return lots;
  const { startMs, tokens } = second;
  return [{ startMs, tokens: first.tokens + tokens }, ...rest];
}

/** Takes the tokens that expire first. */
function spend(lots: readonly GrantLot[], tokens: number): GrantLot[] {
  let owed = tokens;
  return lots.flatMap((lot) => {
    const taken = Math.min(owed, lot.tokens);
    owed -= taken;
    return taken === lot.tokens ? [] : [{ ...lot, tokens: lot.tokens - taken }];
  });
}

function entryOf(posting: Posting, { change, after, stamp }: {
  change: Change;
  after: Wallet;
  stamp: { id: string; atMs: number };
}): LedgerEntry {
  const { source, description } = posting;
  const own = change.kind === posting.kind;
  return {
    id: own ? stamp.id : `${stamp.id}_${change.kind}`,
    atMs: stamp.atMs,
    kind: change.kind,
    granted: change.granted,
    purchased: change.purchased,
    balance: after.granted + after.purchased,
    description: own ? description : "Unused tokens of the period before",
    source: own ? source : `${change.kind}:${source}`,
  };
}

/** What an entry adds to the balance, or takes from it if it is below 0. */
export function tokensOf({ granted, purchased }: LedgerEntry): number {
  return granted + purchased;
}
