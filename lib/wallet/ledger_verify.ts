import { EMPTY_WALLET, type Wallet } from "@/lib/store/ledger_types.ts";
import type { NumberedEntry, Store } from "@/lib/store/mod.ts";

/** A wallet that is not what its ledger says. */
export interface Difference {
  orgId: string;
  /** In words, with both figures. */
  finding: string;
}

/** What a verification has looked at, and found. */
export interface LedgerReport {
  wallets: number;
  entries: number;
  differences: Difference[];
}

/** Records of one read; the store is never read in one go. */
const PAGE = 200;
/** After as many, somebody has to look: more say nothing new. */
const MAX_DIFFERENCES = 100;

/**
 * Proves for every organization that its wallet is the sum of its ledger:
 * both kinds of tokens, the balance beside each entry, numbers without a gap,
 * and never below zero. Needs no pause: of entries that are added meanwhile
 * only those count that the wallet already did when it was read.
 *
 * @returns What was found; at most 100 differences.
 * @throws {Error} What the store throws.
 */
export async function verifyLedgers(store: Store): Promise<LedgerReport> {
  const report: LedgerReport = { wallets: 0, entries: 0, differences: [] };
  let cursor: string | null = null;
  do {
    const page = await store.listWallets({ limit: PAGE, cursor });
    for (const { orgId, wallet } of page.wallets) {
      await verifyOne(store, report, { orgId, wallet });
    }
    cursor = page.cursor;
  } while (cursor !== null && hasRoom(report));
  await verifyStrays(store, report);
  return report;
}

function hasRoom({ differences }: LedgerReport): boolean {
  return differences.length < MAX_DIFFERENCES;
}

/**
 * Entries that a wallet does not know of would be missed by the wallets alone,
 * and so would a ledger that has none. The entry is read first: a wallet is
 * written with its entries, and never behind them.
 */
async function verifyStrays(store: Store, report: LedgerReport): Promise<void> {
  let orgId = await store.nextLedger(null);
  while (orgId !== null && hasRoom(report)) {
    const last = { limit: 1, beforeSeq: Infinity };
    const [newest] = await store.listEntries(orgId, last);
    const { entries } = await store.readWallet(orgId);
    if (newest !== undefined && newest.seq > entries) {
      note(report, orgId, strayFinding(newest, entries));
    }
    orgId = await store.nextLedger(orgId);
  }
}

function strayFinding({ seq }: NumberedEntry, entries: number): string {
  return entries === 0
    ? "its ledger has entries and it has no wallet"
    : `its wallet ends at entry ${entries}, its ledger at ${seq}`;
}

async function verifyOne(
  store: Store,
  report: LedgerReport,
  { orgId, wallet }: { orgId: string; wallet: Wallet },
): Promise<void> {
  report.wallets += 1;
  const finding = await differenceOf(store, { orgId, wallet, report });
  if (finding !== null && hasRoom(report)) note(report, orgId, finding);
}

function note(report: LedgerReport, orgId: string, finding: string): void {
  report.differences.push({ orgId, finding });
}

/** Adds a ledger up from its newest entry that the wallet knows of. */
async function differenceOf(
  store: Store,
  { orgId, wallet, report }: {
    orgId: string;
    wallet: Wallet;
    report: LedgerReport;
  },
): Promise<string | null> {
  // Backwards, what is left of the wallet after each entry ends at nothing.
  let rest: Wallet = wallet;
  while (rest.entries > 0) {
    const beforeSeq = rest.entries + 1;
    const page = await store.listEntries(orgId, { limit: PAGE, beforeSeq });
    if (page.length === 0) return `entry ${rest.entries} is not there`;
    for (const entry of page) {
      const finding = disagreement(rest, entry);
      if (finding !== null) return finding;
      rest = before(rest, entry);
      report.entries += 1;
    }
  }
  const { granted, purchased } = EMPTY_WALLET;
  if (rest.granted === granted && rest.purchased === purchased) return null;
  return `it has ${rest.granted} granted and ${rest.purchased} purchased ` +
    "tokens that no entry brought";
}

function disagreement(wallet: Wallet, entry: NumberedEntry): string | null {
  const { granted, purchased, entries } = wallet;
  if (entry.seq !== entries) return `entry ${entries} is not there`;
  if (granted < 0 || purchased < 0) {
    return `after entry ${entries} it has ${granted} granted and ` +
      `${purchased} purchased tokens`;
  }
  if (entry.balance === granted + purchased) return null;
  return `entry ${entries} says ${entry.balance}, the sum says ` +
    `${granted + purchased}`;
}

function before(wallet: Wallet, entry: NumberedEntry): Wallet {
  return {
    ...wallet,
    granted: wallet.granted - entry.granted,
    purchased: wallet.purchased - entry.purchased,
    entries: wallet.entries - 1,
  };
}
