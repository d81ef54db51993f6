/** `deno task ledger:verify`: checks that every wallet is the sum of its ledger. */
import { loadConfig } from "@/lib/config/config.ts";
import { verifyLedgers } from "@/lib/wallet/ledger_verify.ts";
import { createStore, openKv } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { runCommand } from "./run_command.ts";

if (import.meta.main) Deno.exit(await runCommand(verify));

async function verify(): Promise<number> {
  const { kvPath } = loadConfig(Deno.env.toObject(), { isTerminal: true });
  const store = createStore(await openKv(kvPath), applyPosting);
  try {
    const { wallets, entries, differences } = await verifyLedgers(store);
    for (const { orgId, finding } of differences) {
      console.error(`${orgId}: ${finding}`);
    }
    const allAgree = differences.length === 0;
    const verdict = allAgree ? "all agree" : "NOT all agree";
    console.log(`${wallets} wallets, ${entries} entries: ${verdict}`);
    return allAgree ? 0 : 1;
  } finally {
    store.close();
  }
}
