/** `deno task backup FILE`: backs up the store's file while the app runs. */
import { loadConfig } from "@/lib/config/config.ts";
import { CommandError, runCommand } from "./run_command.ts";
import { backUp } from "./store_files.ts";

if (import.meta.main) Deno.exit(await runCommand(run));

async function run(): Promise<number> {
  const [target] = Deno.args;
  if (target === undefined) {
    throw new CommandError("Usage: deno task backup FILE");
  }
  const { kvPath } = loadConfig(Deno.env.toObject(), { isTerminal: true });
  const { records, wallets } = await backUp(kvPath, target);
  console.log(`${target}: ${records} records, ${wallets} wallets verified`);
  return 0;
}
