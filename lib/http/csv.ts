import { prefersToJson } from "./accept.ts";

/** A cell: numbers are written as they are, null as an empty cell. */
export type Cell = string | number | null;

/** The rows of a CSV file, the first of which names the columns. */
export type Rows = AsyncIterable<readonly Cell[]>;

/**
 * Reports whether a request prefers CSV to JSON. A link cannot set `Accept`,
 * so pages link to separate download routes.
 */
export async function prefersCsv(request: Request): Promise<boolean> {
  // Most requests need no negotiation.
  if (!request.headers.get("Accept")?.includes("csv")) return false;
  return await prefersToJson(request, "text/csv");
}

/**
 * Streams rows as CSV (RFC 4180). Cells that a spreadsheet would run as
 * formulas are escaped. An error after the first rows breaks the connection,
 * so that a part is not taken for the complete file.
 *
 * @param fileName Makes the response a download, with a byte order mark:
 * without one, Excel does not read UTF-8.
 */
export async function csvResponse(
  rows: Rows,
  fileName?: string,
): Promise<Response> {
  const iterator = rows[Symbol.asyncIterator]();
  // Errors of the first rows still become an error response.
  const head = [await iterator.next(), await iterator.next()];
  const text = head.map(({ done, value }) => done ? "" : toLine(value)).join(
    "",
  );
  const mark = fileName === undefined ? "" : "\ufeff";
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      controller.enqueue(encoder.encode(mark + text));
    },
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(toLine(value)));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  return new Response(body, {
    headers: {
      "Content-Type": "text/csv; charset=utf-8",
      "Vary": "Accept",
      ...(fileName !== undefined && {
        "Content-Disposition": `attachment; filename="${fileName}"`,
      }),
    },
  });
}

/** Formats a row, with cells that a spreadsheet would run escaped. */
export function toLine(cells: readonly Cell[]): string {
  return `${cells.map(toCell).join(",")}\r\n`;
}

/** Characters with which a spreadsheet recognizes a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function toCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
