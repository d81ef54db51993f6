import type {
  AppliedPosting,
  EntryKind,
  EntryStamp,
  Grant,
  GrantLot,
  LedgerEntry,
  Posting,
  Wallet,
} from "@/lib/store/ledger_types.ts";
import { addUsage } from "./usage.ts";

/**
 * Computes a posting's effect on a wallet: the rules of the ledger.
 *
 * @returns Null for a charge that exceeds the balance.
 * @throws {RangeError} If the tokens or the new balance are not a positive
 * safe integer; the tokens of an adjustment may be negative.
 */
export function applyPosting(
  wallet: Wallet,
  posting: Posting,
  stamp: EntryStamp,
): AppliedPosting | null {
  requireTokenCount(posting);
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
  requireSafeBalance(after);
  if (posting.kind === "grant") {
    Object.assign(after, afterGrant(wallet, posting));
  } else if (posting.kind === "charge") {
    const { tokens } = posting;
    after.lots = spend(wallet.lots, wallet.granted - after.granted);
    after.used = addUsage(wallet.used, { tokens, atMs: stamp.atMs });
  }
  return { wallet: after, entries: [first, ...more] };
}

function requireTokenCount({ kind, tokens }: Posting): void {
  const isInRange = kind === "adjustment" ? tokens !== 0 : tokens > 0;
  if (Number.isSafeInteger(tokens) && isInRange) return;
  throw new RangeError(
    `Cannot post to wallet: tokens is ${tokens}, not a positive integer`,
  );
}

function requireSafeBalance({ granted, purchased }: Wallet): void {
  if (Number.isSafeInteger(granted + purchased)) return;
  throw new RangeError(
    "Cannot post to wallet: balance would exceed the safe integers",
  );
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
      return chargeChanges(wallet, tokens);
    case "grant":
      return grantChanges(wallet, posting);
    case "refund": {
      const left = Math.min(tokens, wallet.purchased);
      return [{ kind, granted: 0, purchased: 0 - left }];
    }
    case "purchase":
      return [{ kind, granted: 0, purchased: tokens }];
    case "adjustment": {
      const purchased = Math.max(tokens, 0 - wallet.purchased);
      return [{ kind, granted: 0, purchased }];
    }
  }
}

function chargeChanges(wallet: Wallet, tokens: number): Change[] | null {
  if (tokens > wallet.granted + wallet.purchased) return null;
  const granted = Math.min(tokens, wallet.granted);
  const purchased = tokens - granted;
  return [{ kind: "charge", granted: 0 - granted, purchased: 0 - purchased }];
}

function grantChanges(wallet: Wallet, posting: Grant): Change[] {
  const { tokens } = posting;
  const grant: Change = { kind: "grant", granted: tokens, purchased: 0 };
  const { lots } = afterGrant(wallet, posting);
  const unused = wallet.granted + tokens - sumOf(lots);
  if (unused === 0) return [grant];
  return [grant, { kind: "expiry", granted: 0 - unused, purchased: 0 }];
}

/** Lot start of tokens that roll over: no period starts later. */
const ROLLED_OVER_MS = Number.MAX_SAFE_INTEGER;

/**
 * Tokens expire if their grant's period starts before the newest granted one,
 * whichever was posted first. So the order of a month's grants does not matter:
 * tokens of an upgrade survive the later grant of their own period, and a late
 * grant for an earlier period expires at once.
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
  return { grantedForMs, lots: mergeExcessLot(kept) };
}

/**
 * Wallets of older versions have no lots: their tokens form one lot, which
 * rolls over if the next grant does.
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

/** Merges the two lots that expire first, into the later one. */
function mergeExcessLot(lots: GrantLot[]): GrantLot[] {
  const [first, second, ...rest] = lots;
  if (!first || !second || lots.length <= MAX_LOTS) return lots;
  const { startMs, tokens } = second;
  return [{ startMs, tokens: first.tokens + tokens }, ...rest];
}

/** Spends the lots that expire first. */
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
  stamp: EntryStamp;
}): LedgerEntry {
  const { source, description } = posting;
  const isOwn = change.kind === posting.kind;
  return {
    id: isOwn ? stamp.id : `${stamp.id}_${change.kind}`,
    atMs: stamp.atMs,
    kind: change.kind,
    granted: change.granted,
    purchased: change.purchased,
    balance: after.granted + after.purchased,
    description: isOwn ? description : "Unused tokens expired",
    source: isOwn ? source : `${change.kind}:${source}`,
    ...("details" in posting && { adjustment: posting.details }),
  };
}

/** Returns an entry's change of the balance; negative for a debit. */
export function tokensOf({ granted, purchased }: LedgerEntry): number {
  return granted + purchased;
}
