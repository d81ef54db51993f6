/** `deno task reconcile`: syncs every organization once, and says what drifted. */
import { createServices } from "@/compose.ts";
import { loadConfig } from "@/lib/config/config.ts";
import { sweep } from "@/lib/reconcile.ts";
import { runCommand } from "./run_command.ts";

if (import.meta.main) Deno.exit(await runCommand(reconcile));

async function reconcile(): Promise<number> {
  const config = loadConfig(Deno.env.toObject(), { isTerminal: true });
  const { services } = await createServices(config);
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  try {
    const report = await sweep(services, { signal: stop.signal });
    if (report === null) {
      console.log("Another process is sweeping this store.");
      return 0;
    }
    const { organizations, drifted, failed, finished } = report;
    console.log(
      `${organizations} organizations: ${drifted} had drifted and are ` +
        `mended, ${failed} failed.` +
        (finished ? "" : " Broken off: run it again to go on."),
    );
    return finished && failed === 0 ? 0 : 1;
  } finally {
    services.store.close();
  }
}
