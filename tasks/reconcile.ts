/** `deno task reconcile`: syncs every organization once and prints a report. */
import { createServices } from "@/compose.ts";
import { loadConfig } from "@/lib/config/config.ts";
import { reconcile } from "@/lib/reconcile.ts";
import { runCommand } from "./run_command.ts";

if (import.meta.main) Deno.exit(await runCommand(run));

async function run(): Promise<number> {
  const config = loadConfig(Deno.env.toObject(), { isTerminal: true });
  const { services } = await createServices(config);
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  try {
    const report = await reconcile(services, { signal: stop.signal });
    if (report === null) {
      console.log("Another process is reconciling this store.");
      return 0;
    }
    const { organizations, drifted, failed, finished } = report;
    console.log(
      `${organizations} organizations: ${drifted} had drifted and were ` +
        `updated, ${failed} failed.` +
        (finished ? "" : " Stopped early: run it again to resume."),
    );
    return finished && failed === 0 ? 0 : 1;
  } finally {
    services.store.close();
  }
}
