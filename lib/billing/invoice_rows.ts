import type { Services } from "@/lib/services.ts";
import { type Invoice, listInvoices } from "./invoices.ts";

const COLUMNS = [
  ...["id", "number", "description", "status", "currency", "total"],
  ...["amount_due", "amount_paid", "created", "period_start", "period_end"],
  ...["hosted_invoice_url", "invoice_pdf"],
] as const satisfies readonly (keyof Invoice)[];

/** Reads all invoices as the rows of a table, newest first, page by page. */
export async function* invoiceRows(
  services: Services,
  orgId: string,
  { documents }: { documents: boolean },
) {
  yield COLUMNS;
  let startingAfter: string | undefined;
  do {
    const request = { orgId, limit: 100, startingAfter, documents };
    const { items, hasMore } = await listInvoices(services, request);
    for (const invoice of items) yield COLUMNS.map((name) => invoice[name]);
    startingAfter = hasMore ? items.at(-1)?.id : undefined;
  } while (startingAfter !== undefined);
}
