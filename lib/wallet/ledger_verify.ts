import { EMPTY_WALLET, type Wallet } from "@/lib/store/ledger_types.ts";
import type { Store } from "@/lib/store/mod.ts";
import type { NumberedEntry } from "@/lib/store/wallets.ts";

/** A wallet that disagrees with its ledger. */
export interface Difference {
  orgId: string;
  /** A message with the expected and the actual values. */
  finding: string;
}

/** The result of a verification. */
export interface LedgerReport {
  wallets: number;
  entries: number;
  differences: Difference[];
}

/** Records per read. */
const PAGE_SIZE = 200;
const MAX_DIFFERENCES = 100;

/**
 * Verifies that every wallet is the sum of its ledger: granted and purchased
 * tokens, the balance of each entry, sequence numbers without gaps, and no
 * negative balance. The app may keep running: entries added after a wallet was
 * read are ignored.
 *
 * @returns The differences found, at most 100.
 * @throws {Error} An error of the store.
 */
export async function verifyLedgers(store: Store): Promise<LedgerReport> {
  const report: LedgerReport = { wallets: 0, entries: 0, differences: [] };
  let cursor: string | null = null;
  do {
    const page = await store.listWallets({ limit: PAGE_SIZE, cursor });
    for (const { orgId, wallet } of page.wallets) {
      await verifyOne(store, report, { orgId, wallet });
    }
    cursor = page.cursor;
  } while (cursor !== null && hasRoom(report));
  await findOrphanEntries(store, report);
  return report;
}

function hasRoom({ differences }: LedgerReport): boolean {
  return differences.length < MAX_DIFFERENCES;
}

/**
 * Finds ledgers without a wallet, and entries beyond the wallet's last one.
 * Reads the entry before the wallet: one commit writes both, so a wallet that
 * is read later includes the entry.
 */
async function findOrphanEntries(
  store: Store,
  report: LedgerReport,
): Promise<void> {
  let orgId = await store.nextLedger(null);
  while (orgId !== null && hasRoom(report)) {
    const last = { limit: 1, beforeSeq: Infinity };
    const [newest] = await store.listEntries(orgId, last);
    const { entries } = await store.readWallet(orgId);
    if (newest !== undefined && newest.seq > entries) {
      addDifference(report, orgId, orphanFinding(newest, entries));
    }
    orgId = await store.nextLedger(orgId);
  }
}

function orphanFinding({ seq }: NumberedEntry, entries: number): string {
  return entries === 0
    ? "the ledger has entries, but there is no wallet"
    : `the wallet ends at entry ${entries}, the ledger at ${seq}`;
}

async function verifyOne(
  store: Store,
  report: LedgerReport,
  { orgId, wallet }: { orgId: string; wallet: Wallet },
): Promise<void> {
  report.wallets += 1;
  const finding = await findDifference(store, { orgId, wallet, report });
  if (finding !== null && hasRoom(report)) {
    addDifference(report, orgId, finding);
  }
}

function addDifference(
  report: LedgerReport,
  orgId: string,
  finding: string,
): void {
  report.differences.push({ orgId, finding });
}

/**
 * Undoes the entries one by one, from the wallet's last entry to the first,
 * which must lead to an empty wallet.
 */
async function findDifference(
  store: Store,
  { orgId, wallet, report }: {
    orgId: string;
    wallet: Wallet;
    report: LedgerReport;
  },
): Promise<string | null> {
  let rest: Wallet = wallet;
  while (rest.entries > 0) {
    const beforeSeq = rest.entries + 1;
    const page = await store.listEntries(orgId, {
      limit: PAGE_SIZE,
      beforeSeq,
    });
    if (page.length === 0) return missingEntry(rest.entries);
    for (const entry of page) {
      const finding = compareEntry(rest, entry);
      if (finding !== null) return finding;
      rest = undoEntry(rest, entry);
      report.entries += 1;
    }
  }
  const { granted, purchased } = EMPTY_WALLET;
  if (rest.granted === granted && rest.purchased === purchased) return null;
  return `${rest.granted} granted and ${rest.purchased} purchased tokens ` +
    "have no entry";
}

function missingEntry(seq: number): string {
  return `entry ${seq} is missing`;
}

function compareEntry(wallet: Wallet, entry: NumberedEntry): string | null {
  const { granted, purchased, entries } = wallet;
  if (entry.seq !== entries) return missingEntry(entries);
  if (granted < 0 || purchased < 0) {
    return `negative balance after entry ${entries}: ${granted} granted, ` +
      `${purchased} purchased tokens`;
  }
  if (entry.balance === granted + purchased) return null;
  return `the balance of entry ${entries} is ${entry.balance}, expected ` +
    `${granted + purchased}`;
}

function undoEntry(wallet: Wallet, entry: NumberedEntry): Wallet {
  return {
    ...wallet,
    granted: wallet.granted - entry.granted,
    purchased: wallet.purchased - entry.purchased,
    entries: wallet.entries - 1,
  };
}
