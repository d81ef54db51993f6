import type { Context } from "../context.ts";
import type { StoredInvoice } from "../store/schema.ts";
import type { ApiInvoice } from "../api/api_types.ts";

/** The lines that an invoice object includes; the list of its lines has all. */
const LINES_SHOWN = 10;

/** An invoice as the API shows it, with its links and its first lines. */
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

/** An invoice with all lines and its links, which depend on the server and are never stored. */
export function withLinks(
  context: Context,
  { object, extra }: StoredInvoice,
): ApiInvoice {
  const link = extra.secret === null
    ? null
    : `${context.pagesUrl}/i/${extra.secret}`;
  return {
    ...object,
    account_name: context.businessName,
    hosted_invoice_url: link,
    invoice_pdf: link && `${link}/pdf`,
  };
}
