import { toLine } from "@/lib/http/csv.ts";
import { CommandError } from "../run_command.ts";
import type { ImportRow, MapEntry } from "./match.ts";

const HEADER = /^organization,customer$/i;
const ENTRY = /^([\w-]{1,128}),(cus_\w+)$/;
const MAX_PROBLEMS = 10;

/**
 * Parses the operator's map: lines of `organization,customer`, with or without
 * that header.
 *
 * @throws {CommandError} With the lines that are not entries.
 */
export function parseMap(text: string): MapEntry[] {
  const entries: MapEntry[] = [];
  const invalid: number[] = [];
  text.replace(/^\ufeff/, "").split(/\r?\n/).forEach((line, index) => {
    const cells = line.replaceAll('"', "").replaceAll(/\s*(,|$)\s*/g, "$1");
    if (cells === "" || index === 0 && HEADER.test(cells)) return;
    const [, orgId, customerId] = ENTRY.exec(cells) ?? [];
    if (orgId && customerId) entries.push({ orgId, customerId });
    else invalid.push(index + 1);
  });
  if (invalid.length === 0) return entries;
  const lines = invalid.slice(0, MAX_PROBLEMS).join(", ");
  throw new CommandError(
    `${invalid.length} lines of the map are not organization,cus_…: ` +
      `line ${lines}${invalid.length > MAX_PROBLEMS ? ", …" : ""}`,
  );
}

const COLUMNS = [
  "organization",
  "customer",
  "status",
  "paid_subscriptions",
  "detail",
];

/** Formats the report, in the order of its statuses. */
export function formatReport(rows: readonly ImportRow[]): string {
  const lines = rows.map(({ orgId, customerId, status, paid, detail }) =>
    toLine([orgId, customerId, status, paid, detail])
  );
  return [toLine(COLUMNS), ...lines].join("");
}
