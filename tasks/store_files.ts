import { backup, DatabaseSync } from "node:sqlite";
import { isFilePath, kvFolder } from "@/lib/config/kv_path.ts";
import { createStore, openKv } from "@/lib/store/mod.ts";
import { isEmpty } from "@/lib/store/schema.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { verifyLedgers } from "@/lib/wallet/ledger_verify.ts";
import { CommandError } from "./run_command.ts";

/** A verified store. */
export interface VerifiedStore {
  records: number;
  wallets: number;
}

/**
 * All pages in one step, which is one read transaction: the default of 100
 * pages starts anew at every commit, and never ends under load.
 */
const ALL_PAGES = 2 ** 31 - 1;

/**
 * Backs up the file of a store, which may be in use, and verifies the copy.
 *
 * @throws {CommandError} If the store is not a file, the target exists, or the
 * copy is not consistent.
 */
export async function backUp(
  kvPath: string,
  target: string,
): Promise<VerifiedStore> {
  requireFile(kvPath);
  if (await exists(target)) throw new CommandError(`${target} exists`);
  await requireExisting(kvPath);
  await requireExisting(kvFolder(target) || ".");
  return await copyVerified(kvPath, target);
}

/**
 * Restores a backup as the store's file, which must be empty or missing, and
 * verifies it. The app must be stopped.
 *
 * @throws {CommandError} If the store is not an empty file, or the backup is
 * missing or not consistent.
 */
export async function restore(
  source: string,
  kvPath: string,
): Promise<VerifiedStore> {
  requireFile(kvPath);
  await requireExisting(source);
  if (await exists(kvPath)) await requireEmpty(kvPath);
  await removeDatabase(kvPath);
  await Deno.mkdir(kvFolder(kvPath) || ".", { recursive: true });
  return await copyVerified(source, kvPath);
}

function requireFile(kvPath: string): void {
  if (isFilePath(kvPath)) return;
  throw new CommandError("KV_PATH is not a file: use the backup of its server");
}

/** @throws {CommandError} Deno.openKv() would create a missing file. */
export async function requireExisting(path: string): Promise<void> {
  if (!await exists(path)) throw new CommandError(`${path} is missing`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function requireEmpty(kvPath: string): Promise<void> {
  const kv = await Deno.openKv(kvPath);
  const empty = await isEmpty(kv);
  kv.close();
  if (!empty) throw new CommandError(`${kvPath} has records already`);
}

async function removeDatabase(path: string): Promise<void> {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    if (await exists(file)) await Deno.remove(file);
  }
}

/** The target gets its name once it is verified. */
async function copyVerified(
  source: string,
  target: string,
): Promise<VerifiedStore> {
  const partial = `${target}.partial`;
  await removeDatabase(partial);
  try {
    await copyDatabase(source, partial);
    const records = countRows(partial);
    const { wallets } = await verifyStore(partial);
    await Deno.rename(partial, target);
    return { records, wallets };
  } finally {
    await removeDatabase(partial);
  }
}

async function copyDatabase(source: string, target: string): Promise<void> {
  using database = new DatabaseSync(source, { readOnly: true });
  await backup(database, target, { rate: ALL_PAGES });
}

function countRows(path: string): number {
  using database = new DatabaseSync(path, { readOnly: true });
  const row = database.prepare("SELECT count(*) AS rows FROM kv").get();
  return Number(row?.["rows"]);
}

/**
 * Verifies the ledgers of a store.
 *
 * @throws {CommandError} If a wallet disagrees with its ledger.
 */
export async function verifyStore(
  kvPath: string,
): Promise<{ wallets: number }> {
  const store = createStore(await openKv(kvPath), applyPosting);
  try {
    const { wallets, differences } = await verifyLedgers(store);
    const [first] = differences;
    if (first === undefined) return { wallets };
    throw new CommandError(
      `${differences.length} wallets disagree with their ledger, as ` +
        `${first.orgId}: ${first.finding}`,
    );
  } finally {
    store.close();
  }
}
