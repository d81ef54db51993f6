import type { Context } from "../context.ts";
import type { StoredInvoice } from "../store/schema.ts";
import type { ApiInvoice } from "../api/api_types.ts";

/** How many lines an invoice itself has; the others are in the list of them. */
const LINES_SHOWN = 10;

/** The invoice as the API shows it, with its links and the first of its lines. */
export function presentInvoice(
  context: Context,
  stored: StoredInvoice,
): ApiInvoice {
  const { lines, ...invoice } = withLinks(context, stored);
  return {
    ...invoice,
    lines: {
      ...lines,
      data: lines.data.slice(0, LINES_SHOWN),
      has_more: lines.data.length > LINES_SHOWN,
    },
  };
}

/** The whole invoice with the links that it has now: their base may be another after a restart. */
export function withLinks(
  context: Context,
  { object, extra }: StoredInvoice,
): ApiInvoice {
  const link = extra.secret === null
    ? null
    : `${context.pagesUrl}/i/${extra.secret}`;
  return {
    ...object,
    hosted_invoice_url: link,
    invoice_pdf: link && `${link}/pdf`,
  };
}
