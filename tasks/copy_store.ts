/**
 * `deno task copy-store FROM TO`: copies a store between a file and a KV
 * Connect server, or between two of either. The app must be stopped.
 */
import { isFilePath, kvFolder } from "@/lib/config/kv_path.ts";
import { copyRecords, countRecords } from "@/lib/store/copy.ts";
import { openKv } from "@/lib/store/mod.ts";
import { SchemaError } from "@/lib/store/schema.ts";
import { CommandError, runCommand } from "./run_command.ts";
import { requireExisting, verifyStore } from "./store_files.ts";

if (import.meta.main) Deno.exit(await runCommand(run));

async function run(): Promise<number> {
  const [from, to] = Deno.args;
  if (from === undefined || to === undefined) {
    throw new CommandError("Usage: deno task copy-store FROM TO");
  }
  const records = await copyStore(from, to);
  const { wallets } = await verifyStore(to);
  console.log(`${to}: ${records} records, ${wallets} wallets verified`);
  return 0;
}

/**
 * @throws {CommandError} If the source is missing, or if the target is not
 * empty or lacks records.
 */
export async function copyStore(from: string, to: string): Promise<number> {
  if (isFilePath(from)) await requireExisting(from);
  using source = await openKv(from);
  if (kvFolder(to) !== "") await Deno.mkdir(kvFolder(to), { recursive: true });
  // Not `openKv`, which records a version and refuses an incomplete store.
  using target = await Deno.openKv(to);
  const copied = await copyInto(source, target);
  const found = await countRecords(target);
  if (found >= copied) return copied;
  throw new CommandError(`${to} has ${found} of ${copied} records`);
}

async function copyInto(source: Deno.Kv, target: Deno.Kv): Promise<number> {
  try {
    return await copyRecords(source, target, Date.now());
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw new CommandError(`Cannot copy: ${error.message}`, { cause: error });
  }
}
