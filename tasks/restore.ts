/** `deno task restore FILE`: restores a backup into an empty store. */
import { loadConfig } from "@/lib/config/config.ts";
import { CommandError, runCommand } from "./run_command.ts";
import { restore } from "./store_files.ts";

if (import.meta.main) Deno.exit(await runCommand(run));

async function run(): Promise<number> {
  const [source] = Deno.args;
  if (source === undefined) {
    throw new CommandError("Usage: deno task restore FILE");
  }
  const { kvPath } = loadConfig(Deno.env.toObject(), { isTerminal: true });
  const { records, wallets } = await restore(source, kvPath);
  console.log(`${kvPath}: ${records} records, ${wallets} wallets verified`);
  return 0;
}
