/** The kinds of ledger entries. */
export const ENTRY_KINDS = [
  "grant",
  "purchase",
  "charge",
  "refund",
  "expiry",
  "adjustment",
] as const;
export type EntryKind = typeof ENTRY_KINDS[number];

/** An organization's tokens: the sum of its ledger. */
export interface Wallet {
  /** Tokens granted by the plan, spent first. Whole, never below 0. */
  granted: number;
  /** Tokens bought in credit packs, which never expire. Whole, never below 0. */
  purchased: number;
  /** Number of ledger entries, and the sequence number of the last one. */
  entries: number;
  /**
   * Start of the newest granted period, in milliseconds since the Unix epoch;
   * 0 before the first. Grants may arrive out of order, and an in-period grant
   * does not change it.
   */
  grantedForMs: number;
  /** The granted tokens by the start of their grant, earliest first. */
  lots: readonly GrantLot[];
  /**
   * Set by an import without grants: periods that began until then grant
   * nothing. In milliseconds since the Unix epoch.
   */
  grantsAfterMs?: number;
  /** Charged tokens per day of the last 30 days, in no particular order. */
  used: readonly DailyUsage[];
}

/** Unused tokens of the grants that share a start. */
export interface GrantLot {
  /** In milliseconds since the Unix epoch. */
  startMs: number;
  /** Whole tokens, above 0. */
  tokens: number;
}

/** Tokens charged to a wallet on one day. */
export interface DailyUsage {
  /** UTC day, counted from the Unix epoch. */
  day: number;
  /** Whole tokens, above 0. */
  tokens: number;
}

/** A wallet without entries. */
export const EMPTY_WALLET: Wallet = {
  granted: 0,
  purchased: 0,
  entries: 0,
  grantedForMs: 0,
  lots: [],
  used: [],
};

/** An immutable line of the ledger. */
export interface LedgerEntry {
  /** `le_` and 32 hexadecimal digits. */
  id: string;
  atMs: number;
  kind: EntryKind;
  /** Change of the granted tokens; negative for a debit. */
  granted: number;
  /** Change of the purchased tokens; negative for a debit. */
  purchased: number;
  /** Granted and purchased tokens after this entry. */
  balance: number;
  description: string;
  /** The cause, unique within the ledger: `invoice:in_…`, `checkout:cs_…`, … */
  source: string;
  /** Only of an adjustment by an operator or a service key. */
  adjustment?: AdjustmentDetails;
}

/** The actor and the requested amount of an adjustment. */
export interface AdjustmentDetails {
  actor: { type: "service_key" | "operator"; id: string };
  /** The entry has fewer if fewer purchased tokens were left to take. */
  requestedTokens: number;
}

/** A change to post to a wallet, once per source. */
export type Posting =
  | Charge
  | Grant
  | Purchase
  | RefundDebit
  | Adjustment;

interface PostingBase {
  /** Unique within the organization; at most 300 characters. */
  source: string;
  description: string;
  /** A positive safe integer. */
  tokens: number;
}

/** Takes all of its tokens or none, granted tokens first. */
export interface Charge extends PostingBase {
  kind: "charge";
}

/** Adds a plan's tokens. */
export interface Grant extends PostingBase {
  kind: "grant";
  /** Start of the period, or for an in-period grant a time within it. */
  periodStartMs: number;
  /** True if unused tokens outlive their period. */
  rollsOver: boolean;
  /** True to add tokens to an already granted period, as for an upgrade. */
  inPeriod?: boolean;
}

/** Adds a credit pack's tokens. */
export interface Purchase extends PostingBase {
  kind: "purchase";
}

/** Takes its tokens from the purchased ones, or as many as are left. */
export interface RefundDebit extends PostingBase {
  kind: "refund";
}

/**
 * Adds purchased tokens, as after a failed refund, or with negative tokens takes
 * as many as are left.
 */
export interface Adjustment extends Omit<PostingBase, "tokens"> {
  kind: "adjustment";
  /** A safe integer other than 0. */
  tokens: number;
  details?: AdjustmentDetails;
}

/** The id and time of a new entry. */
export interface EntryStamp {
  id: string;
  atMs: number;
}

/** A wallet after a posting, and the entries that the posting added. */
export interface AppliedPosting {
  wallet: Wallet;
  /** The posting's own entry comes first. */
  entries: [LedgerEntry, ...LedgerEntry[]];
}

/**
 * The ledger's rule, which the store applies within a commit: computes a
 * posting's effect on a wallet. Returns null for a charge that exceeds the
 * balance.
 */
export type ApplyPosting = (
  wallet: Wallet,
  posting: Posting,
  stamp: EntryStamp,
) => AppliedPosting | null;
