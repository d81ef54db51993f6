import { BUSINESS_NAME } from "../../resources/account.ts";
import type { ApiInvoice, ApiInvoiceLine } from "../../api/api_types.ts";
import { exponentOf, formatDay, formatMoney } from "../money.ts";
import { Paper, WIDTH } from "./pdf_document.ts";
import { countryName } from "../countries.ts";

// The words are English, and so are days and amounts: a PDF has no reader to ask.
const LOCALE = "en-US";
const QUANTITY_X = WIDTH - 180;
const UNIT_X = WIDTH - 90;
/** The stamp is below the seller's name, beside the dates. */
const STAMP_DOWN = 44;

/**
 * An invoice as a PDF, for keeping.
 *
 * @returns The bytes of the file. Letters that the fonts of every PDF lack are written as "?".
 */
export async function renderInvoicePdf(
  invoice: ApiInvoice,
): Promise<Uint8Array<ArrayBuffer>> {
  const paper = await Paper.open();
  describe(paper, invoice);
  writeHead(paper, invoice);
  writeParties(paper, invoice);
  writeLines(paper, invoice);
  writeTotals(paper, invoice);
  writeNotes(paper, invoice);
  paper.foot(
    `${
      invoice.number ?? ""
    } · Test invoice of the local stand-in for Stripe. No real money was asked for or paid.`,
  );
  return new Uint8Array(await paper.document.save());
}

function describe({ document }: Paper, invoice: ApiInvoice): void {
  const at = new Date(invoice.created * 1_000);
  document.setTitle(`Invoice ${invoice.number}`);
  document.setAuthor(BUSINESS_NAME);
  document.setSubject("Test invoice of the local stand-in for Stripe");
  document.setCreationDate(at);
  document.setModificationDate(at);
}

const STAMPS = {
  paid: ["PAID", "good"],
  void: ["VOID", "alert"],
  uncollectible: ["UNPAID", "alert"],
} as const;

function writeHead(paper: Paper, invoice: ApiInvoice): void {
  paper.down(16);
  paper.write("Invoice", { size: 26, bold: true });
  const seller = invoice.account_name ?? BUSINESS_NAME;
  paper.write(seller, { size: 14, bold: true, x: WIDTH, right: true });
  paper.down(30);
  const [word, ink] = STAMPS[invoice.status as keyof typeof STAMPS] ?? [];
  if (word !== undefined && ink !== undefined) {
    paper.down(STAMP_DOWN);
    paper.stamp(word, ink);
    paper.down(-STAMP_DOWN);
  }
  for (const [label, value] of datesOf(invoice)) {
    paper.write(label, { ink: "soft" });
    paper.write(value, { x: 96, bold: true });
    paper.down(15);
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

function writeParties(paper: Paper, invoice: ApiInvoice): void {
  paper.down(14);
  const half = WIDTH / 2;
  const sides = [
    ["From", [invoice.account_name ?? BUSINESS_NAME]],
    ["To", customerLines(invoice)],
  ] as const;
  const wrapped = sides.map(([label, lines]) => ({
    label,
    lines: lines.flatMap((line) => paper.wrap(line, half - 24, { most: 2 })),
  }));
  const height = Math.max(...wrapped.map(({ lines }) => lines.length));
  wrapped.forEach(({ label }, side) =>
    paper.write(label, { x: side * half, ink: "soft" })
  );
  for (let row = 0; row < height; row++) {
    paper.down(15);
    wrapped.forEach(({ lines }, side) =>
      paper.write(lines[row] ?? "", { x: side * half, bold: row === 0 })
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
  ].filter((line) => typeof line === "string" && line !== "");
  return lines.length === 0 ? ["–"] : lines as string[];
}

function writeLines(paper: Paper, invoice: ApiInvoice): void {
  paper.down(42);
  writeColumns(paper);
  for (const line of invoice.lines.data) {
    const words = paper.wrap(line.description ?? "", QUANTITY_X - 60);
    const room = words.length * 14 + 32;
    if (paper.down(0, room)) writeColumns(paper);
    writeLine(paper, line, words);
    paper.rule();
  }
}

function writeColumns(paper: Paper): void {
  const head = { ink: "soft", size: 9 } as const;
  paper.write("Description", head);
  paper.write("Quantity", { ...head, x: QUANTITY_X, right: true });
  paper.write("Unit price", { ...head, x: UNIT_X, right: true });
  paper.write("Amount", { ...head, x: WIDTH, right: true });
  paper.down(8);
  paper.rule();
}

function writeLine(paper: Paper, line: ApiInvoiceLine, words: string[]): void {
  paper.down(18);
  const { quantity } = line;
  const unit = line.pricing?.unit_amount_decimal ?? null;
  paper.write(String(quantity ?? ""), { x: QUANTITY_X, right: true });
  if (unit !== null && /^-?\d+$/.test(unit)) {
    const price = money(paper, Number(unit), line.currency);
    paper.write(price, { x: UNIT_X, right: true });
  }
  const amount = money(paper, line.amount, line.currency);
  paper.write(amount, { x: WIDTH, right: true });
  for (const [index, text] of words.entries()) {
    if (index > 0) paper.down(14);
    paper.write(text);
  }
  const { start, end } = line.period;
  if (end > start) {
    paper.down(13);
    const days = `${formatDay(start, LOCALE)} – ${formatDay(end, LOCALE)}`;
    paper.write(days, { size: 9, ink: "soft" });
  }
  paper.down(10);
}

function writeTotals(paper: Paper, invoice: ApiInvoice): void {
  const rows = [
    ["Subtotal", invoice.subtotal],
    ["Total", invoice.total],
    ["Amount paid", invoice.amount_paid],
    ["Amount due", invoice.amount_remaining],
  ] as const;
  paper.down(8, rows.length * 18 + 20);
  for (const [label, amount] of rows) {
    paper.down(18);
    const bold = label === "Amount due";
    paper.write(label, { x: QUANTITY_X - 30, bold });
    paper.write(money(paper, amount, invoice.currency), {
      ...{ x: WIDTH, right: true, bold },
    });
  }
}

function writeNotes(paper: Paper, invoice: ApiInvoice): void {
  const notes = [invoice.description, invoice.footer]
    .filter((note) => note !== null);
  if (paper.incomplete) {
    notes.push(
      "A question mark stands for a letter that the fonts of this file do not have. The invoice's page shows all of them.",
    );
  }
  paper.down(18);
  for (const note of notes) {
    for (const line of paper.wrap(note, WIDTH, { size: 9, most: 12 })) {
      paper.down(13, 13);
      paper.write(line, { size: 9, ink: "soft" });
    }
    paper.down(6);
  }
}

// A sign that the fonts lack, such as the rupee's, gives way to the currency's three letters.
function money(paper: Paper, minor: number, currency: string): string {
  const shown = formatMoney(minor, currency, LOCALE);
  const known = [...shown].every((sign) =>
    /\s/.test(sign) || paper.known.has(sign.codePointAt(0) ?? 0)
  );
  if (known) return shown;
  const digits = exponentOf(currency);
  const plain = new Intl.NumberFormat(LOCALE, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${currency.toUpperCase()} ${plain.format(minor / 10 ** digits)}`;
}
