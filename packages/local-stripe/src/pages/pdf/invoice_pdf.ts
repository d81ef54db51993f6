import type { ApiInvoice, ApiInvoiceLine } from "../../api/api_types.ts";
import { exponentOf, formatDay, formatMoney } from "../../money.ts";
import { countryName } from "../countries.ts";
import { invoiceTotals } from "../invoice/invoice_totals.ts";
import { taxIdLabel } from "../tax_id_fields.tsx";
import { PdfDocument, WIDTH } from "./pdf_document.ts";

// A file has no Accept-Language; dates and amounts are English like its text.
const LOCALE = "en-US";
const QUANTITY_X = WIDTH - 180;
const UNIT_X = WIDTH - 90;
/** Distance of the stamp below the seller's name, in points. */
const STAMP_OFFSET = 44;

/**
 * Renders an invoice as a PDF file.
 *
 * @returns The bytes of the file. Characters missing from PDF's standard fonts become "?".
 */
export async function renderInvoicePdf(
  invoice: ApiInvoice,
): Promise<Uint8Array<ArrayBuffer>> {
  const pdf = await PdfDocument.open();
  setMetadata(pdf, invoice);
  writeHead(pdf, invoice);
  writeParties(pdf, invoice);
  writeLines(pdf, invoice);
  writeTotals(pdf, invoice);
  writeNotes(pdf, invoice);
  const number = invoice.number ?? "";
  pdf.footer(
    `${number} · Test invoice of the local stand-in for Stripe. No real money was asked for or paid.`,
  );
  return new Uint8Array(await pdf.document.save());
}

function setMetadata({ document }: PdfDocument, invoice: ApiInvoice): void {
  const at = new Date(invoice.created * 1_000);
  document.setTitle(`Invoice ${invoice.number}`);
  document.setAuthor(sellerOf(invoice));
  document.setSubject("Test invoice of the local stand-in for Stripe");
  document.setCreationDate(at);
  document.setModificationDate(at);
}

const STAMPS = {
  paid: ["PAID", "good"],
  void: ["VOID", "alert"],
  uncollectible: ["UNPAID", "alert"],
} as const;

function sellerOf(invoice: ApiInvoice): string {
  return invoice.account_name ?? "";
}

function writeHead(pdf: PdfDocument, invoice: ApiInvoice): void {
  pdf.down(16);
  pdf.write("Invoice", { size: 26, bold: true });
  pdf.write(sellerOf(invoice), { size: 14, bold: true, x: WIDTH, right: true });
  pdf.down(30);
  const [text, ink] = STAMPS[invoice.status as keyof typeof STAMPS] ?? [];
  if (text !== undefined && ink !== undefined) {
    pdf.down(STAMP_OFFSET);
    pdf.stamp(text, ink);
    pdf.down(-STAMP_OFFSET);
  }
  for (const [label, value] of datesOf(invoice)) {
    pdf.write(label, { ink: "soft" });
    pdf.write(value, { x: 96, bold: true });
    pdf.down(15);
  }
}

function datesOf(invoice: ApiInvoice): [string, string][] {
  const { paid_at: paid } = invoice.status_transitions;
  const day = (timeSec: number) => formatDay(timeSec, LOCALE);
  return [
    ["Number", invoice.number ?? "–"],
    ["Issued", day(invoice.effective_at ?? invoice.created)],
    ...(invoice.due_date === null
      ? []
      : [["Due", day(invoice.due_date)] as [string, string]]),
    ...(paid === null ? [] : [["Paid", day(paid)] as [string, string]]),
  ];
}

function writeParties(pdf: PdfDocument, invoice: ApiInvoice): void {
  pdf.down(14);
  const half = WIDTH / 2;
  const sides = [
    ["From", [sellerOf(invoice)]],
    ["To", customerLines(invoice)],
  ] as const;
  const wrapped = sides.map(([label, lines]) => ({
    label,
    lines: lines.flatMap((line) => pdf.wrap(line, half - 24, { most: 2 })),
  }));
  const height = Math.max(...wrapped.map(({ lines }) => lines.length));
  wrapped.forEach(({ label }, side) =>
    pdf.write(label, { x: side * half, ink: "soft" })
  );
  for (let row = 0; row < height; row++) {
    pdf.down(15);
    wrapped.forEach(({ lines }, side) =>
      pdf.write(lines[row] ?? "", { x: side * half, bold: row === 0 })
    );
  }
}

function customerLines(invoice: ApiInvoice): string[] {
  const { customer_address: address } = invoice;
  const town = [address?.postal_code, address?.city, address?.state]
    .filter(Boolean).join(" ");
  const lines = [
    invoice.customer_name,
    invoice.customer_email,
    address?.line1,
    address?.line2,
    town,
    address?.country && countryName(address.country),
    ...(invoice.customer_tax_ids ?? []).map(taxIdLabel),
  ].filter((line) => typeof line === "string" && line !== "");
  return lines.length === 0 ? ["–"] : lines as string[];
}

function writeLines(pdf: PdfDocument, invoice: ApiInvoice): void {
  pdf.down(42);
  writeColumns(pdf);
  for (const line of invoice.lines.data) {
    const description = pdf.wrap(line.description ?? "", QUANTITY_X - 60);
    const height = description.length * 14 + 32;
    if (pdf.down(0, height)) writeColumns(pdf);
    writeLine(pdf, line, description);
    pdf.rule();
  }
}

function writeColumns(pdf: PdfDocument): void {
  const head = { ink: "soft", size: 9 } as const;
  pdf.write("Description", head);
  pdf.write("Quantity", { ...head, x: QUANTITY_X, right: true });
  pdf.write("Unit price", { ...head, x: UNIT_X, right: true });
  pdf.write("Amount", { ...head, x: WIDTH, right: true });
  pdf.down(8);
  pdf.rule();
}

function writeLine(
  pdf: PdfDocument,
  line: ApiInvoiceLine,
  description: string[],
): void {
  pdf.down(18);
  const { quantity } = line;
  const unit = line.pricing?.unit_amount_decimal ?? null;
  pdf.write(String(quantity ?? ""), { x: QUANTITY_X, right: true });
  if (unit !== null && /^-?\d+$/.test(unit)) {
    const price = money(pdf, Number(unit), line.currency);
    pdf.write(price, { x: UNIT_X, right: true });
  }
  const amount = money(pdf, line.amount, line.currency);
  pdf.write(amount, { x: WIDTH, right: true });
  for (const [index, text] of description.entries()) {
    if (index > 0) pdf.down(14);
    pdf.write(text);
  }
  const { start, end } = line.period;
  if (end > start) {
    pdf.down(13);
    const days = `${formatDay(start, LOCALE)} – ${formatDay(end, LOCALE)}`;
    pdf.write(days, { size: 9, ink: "soft" });
  }
  pdf.down(10);
}

function writeTotals(pdf: PdfDocument, invoice: ApiInvoice): void {
  const rows = invoiceTotals(invoice);
  pdf.down(8, rows.length * 18 + 20);
  for (const [label, amount] of rows) {
    pdf.down(18);
    const bold = label === "Amount due";
    pdf.write(label, { x: QUANTITY_X - 30, bold });
    const shown = money(pdf, amount, invoice.currency);
    pdf.write(shown, { x: WIDTH, right: true, bold });
  }
}

function writeNotes(pdf: PdfDocument, invoice: ApiInvoice): void {
  const notes = [invoice.description, invoice.footer]
    .filter((note) => note !== null);
  if (pdf.incomplete) {
    notes.push(
      "Some characters are missing from this file's fonts and appear as question marks. The online invoice shows them all.",
    );
  }
  pdf.down(18);
  for (const note of notes) {
    for (const line of pdf.wrap(note, WIDTH, { size: 9, most: 12 })) {
      pdf.down(13, 13);
      pdf.write(line, { size: 9, ink: "soft" });
    }
    pdf.down(6);
  }
}

// A currency sign missing from the fonts, such as ₹, is replaced by the currency's code.
function money(pdf: PdfDocument, minor: number, currency: string): string {
  const shown = formatMoney(minor, currency, LOCALE);
  const known = [...shown].every((character) =>
    /\s/.test(character) || pdf.known.has(character.codePointAt(0) ?? 0)
  );
  if (known) return shown;
  const digits = exponentOf(currency);
  const plain = new Intl.NumberFormat(LOCALE, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${currency.toUpperCase()} ${plain.format(minor / 10 ** digits)}`;
}
