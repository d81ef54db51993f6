/**
 * `deno task import`: links the customers of an existing Stripe account to
 * their organizations.
 */
import { parseArgs } from "node:util";
import { createServices } from "@/compose.ts";
import { loadConfig } from "@/lib/config/config.ts";
import type { Services } from "@/lib/services.ts";
import { type Applied, applyImport } from "./import/apply.ts";
import { formatReport, parseMap } from "./import/csv.ts";
import {
  type ImportRow,
  type MapEntry,
  matchAccount,
  ROW_STATUSES,
} from "./import/match.ts";
import { readAccount } from "./import/read_account.ts";
import { type ImportOptions, ImportRun } from "./import/run.ts";
import { CommandError, runCommand } from "./run_command.ts";

/** An import, and whether to apply it. */
export interface ImportRequest extends ImportOptions {
  apply: boolean;
  map?: readonly MapEntry[];
}

/** The result of an import. */
export interface ImportResult {
  /** As matched, before anything was applied. */
  rows: ImportRow[];
  /** Null for a dry run. */
  applied: Applied | null;
}

/**
 * Reads the Stripe account and matches its customers; links them if asked to.
 * A run that stops early is continued by the next one.
 *
 * @throws {Error} An error of Stripe's SDK or the store.
 */
export async function runImport(
  services: Services,
  request: ImportRequest,
): Promise<ImportResult> {
  const run = await ImportRun.start(services, request);
  const account = await readAccount(services, run);
  const rows = await matchAccount(services, account, request.map);
  const applied = request.apply ? await applyImport(services, run, rows) : null;
  await run.finish();
  return { rows, applied };
}

const USAGE =
  `Usage: deno task import [--apply] [--map FILE] [--report FILE] [--no-grants]

  --apply      Link the matched customers. Without it, nothing is linked.
  --map        CSV file with lines of organization,customer. It takes precedence
               over the metadata at Stripe.
  --report     Write every row to this CSV file.
  --no-grants  Do not grant the tokens of the current period.`;

function readArguments(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      apply: { type: "boolean", default: false },
      map: { type: "string" },
      report: { type: "string" },
      "no-grants": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return values;
}

function parseArguments(args: string[]) {
  try {
    return readArguments(args);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new CommandError(`${cause.message}\n${USAGE}`, { cause });
  }
}

async function run(): Promise<number> {
  const { help, map, report, apply, "no-grants": noGrants } = parseArguments(
    Deno.args,
  );
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const entries = map === undefined
    ? []
    : parseMap(await Deno.readTextFile(map));
  const config = loadConfig(Deno.env.toObject(), { isTerminal: true });
  const { services } = await createServices(config);
  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  try {
    const result = await runImport(services, {
      apply,
      map: entries,
      grants: !noGrants,
      signal: stop.signal,
      report: (line) => console.error(line),
    });
    if (report !== undefined) {
      await Deno.writeTextFile(report, formatReport(result.rows));
    }
    summarize(result).forEach((line) => console.log(line));
    return result.applied !== null && result.applied.failed > 0 ? 1 : 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    console.error("Stopped. Run the same command again to continue.");
    return 1;
  } finally {
    services.store.close();
  }
}

const MAX_PRINTED = 20;

/** Returns the lines that are printed after an import. */
export function summarize({ rows, applied }: ImportResult): string[] {
  const of = Map.groupBy(rows, ({ status }) => status);
  const counts = ROW_STATUSES.map((status) =>
    `${status.padEnd(16)}${(of.get(status)?.length ?? 0).toLocaleString("en")}`
  );
  const problems = [
    ...of.get("ambiguous") ?? [],
    ...of.get("unknown price") ?? [],
  ];
  const printed = problems.slice(0, MAX_PRINTED).map((row) =>
    `${row.status}: ${row.customerId} of ${row.orgId}: ${row.detail}`
  );
  const more = problems.length - printed.length;
  return [
    ...counts,
    ...printed,
    ...(more > 0 ? [`${more} more: --report FILE lists every row.`] : []),
    applied === null
      ? "Nothing was linked. Repeat with --apply to link the matched customers."
      : `${applied.linked} linked, ${applied.failed} failed.` +
        (applied.failed > 0 ? " Run it again to retry." : ""),
  ];
}

if (import.meta.main) Deno.exit(await runCommand(run));
