import type { Context } from "../context.ts";
import { sha256 } from "../ids.ts";
import { INVOICE } from "../kinds.ts";
import { BUSINESS_NAME } from "../resources/account.ts";
import { presentInvoice } from "../resources/invoices.ts";
import type { WireInvoice } from "../wire.ts";
import { PAGE_HEADERS } from "./html.ts";
import { InvoicePage } from "./invoice.tsx";
import { message } from "./message_page.tsx";
import { chooseLocale } from "./money.ts";

/** The invoice of a link; `null` for a link that leads nowhere. */
export async function findInvoice(
  context: Context,
  secret: string,
): Promise<WireInvoice | null> {
  const pointer = await context.store.read<string>([
    "invoice_secret",
    await sha256(secret),
  ]);
  const row = pointer.value === null
    ? null
    : await context.store.get(INVOICE, pointer.value);
  return row === null || row.deleted ? null : presentInvoice(context, row);
}

/** An invoice's own page. */
export function showInvoice(
  context: Context,
  request: Request,
  invoice: WireInvoice,
): Response {
  const locale = chooseLocale(null, request.headers.get("accept-language"));
  return message(
    context,
    `Invoice ${invoice.number}`,
    <InvoicePage invoice={invoice} locale={locale} />,
    { headline: `An invoice from ${BUSINESS_NAME}.` },
  );
}

/** The library that writes PDFs is large, so that it is loaded by the first who wants one. */
export async function sendPdf(invoice: WireInvoice): Promise<Response> {
  const { renderInvoicePdf } = await import("./pdf/invoice_pdf.ts");
  const name = `Invoice-${invoice.number ?? invoice.id}.pdf`;
  return new Response(await renderInvoicePdf(invoice), {
    headers: {
      ...PAGE_HEADERS,
      "Content-Type": "application/pdf",
      "Content-Disposition": `attachment; filename="${name}"`,
    },
  });
}
