import { assert, assertEquals, assertMatch } from "@std/assert";
import { PDFDocument } from "@cantoo/pdf-lib";
import type { SeedInvoice } from "../mod.ts";
import { printable } from "../src/pages/pdf/charset.ts";
import { customer } from "./portal_customer.ts";
import { PAGES, type StandIn, withStripe } from "./local_stripe.ts";

const LINE = {
  description: "Pro (at $29.00 / month)",
  unitAmountMinor: 2_900,
  periodStartSec: 1_793_534_400,
  periodEndSec: 1_796_126_400,
};

async function pdfOf(standIn: StandIn, seed: SeedInvoice) {
  const invoice = await standIn.invoice(seed);
  const response = await standIn.visit(invoice.invoice_pdf ?? "");
  const bytes = await response.bytes();
  return { invoice, response, bytes, text: await textOf(bytes) };
}

/** The text of a PDF by line; these PDFs contain each line as one hex string. */
async function textOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const raw = new TextDecoder("latin1").decode(bytes);
  const found: string[] = [];
  for (const { index } of raw.matchAll(/stream\r?\n/g)) {
    if (raw.slice(index - 3, index) === "end") continue;
    const start = raw.indexOf("\n", index) + 1;
    const stream = bytes.slice(start, raw.indexOf("\nendstream", start));
    for (
      const [, hex = ""] of (await inflated(stream)).matchAll(
        /<([0-9A-F]+)> Tj/g,
      )
    ) {
      found.push(
        new TextDecoder("windows-1252").decode(Uint8Array.fromHex(hex)),
      );
    }
  }
  return found.join("\n");
}

async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(
    new DecompressionStream("deflate"),
  );
  return await new Response(stream).text();
}

Deno.test("an invoice's PDF is a download with the invoice's content", () =>
  withStripe(async (standIn) => {
    const { id } = await customer(standIn, {
      address: { line1: "12 Kiln Lane", city: "Bristol", country: "GB" },
    });
    const { invoice, response, bytes, text } = await pdfOf(standIn, {
      customer: id,
      lines: [{ ...LINE, quantity: 3 }],
    });
    assert(invoice.invoice_pdf?.startsWith(`${PAGES}/i/test_`));
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-type"), "application/pdf");
    assertEquals(
      response.headers.get("content-disposition"),
      `attachment; filename="Invoice-${invoice.number}.pdf"`,
    );
    assertEquals(response.headers.get("cache-control"), "no-store");
    const document = await PDFDocument.load(bytes);
    assertEquals(document.getPageCount(), 1);
    assertEquals(document.getTitle(), `Invoice ${invoice.number}`);
    for (
      const words of [
        invoice.number ?? "",
        "Nov 1, 2026",
        "Portico",
        "Acme",
        "a@example.com",
        "12 Kiln Lane",
        "United Kingdom",
        "Pro (at $29.00 / month)",
        "Nov 1, 2026 – Dec 1, 2026",
        "$29.00",
        "$87.00",
        "PAID",
        "local stand-in",
        "Page 1 of 1",
      ]
    ) assert(text.includes(words), `${words} in ${text}`);
  }));

Deno.test("an open invoice has no stamp and a draft has no PDF", () =>
  withStripe(async (standIn) => {
    const { id } = await customer(standIn);
    const open = await pdfOf(standIn, {
      customer: id,
      lines: [LINE],
      status: "open",
    });
    assert(!open.text.includes("PAID"));
    const draft = await standIn.invoice({
      customer: id,
      lines: [LINE],
      status: "draft",
    });
    assertEquals(draft.invoice_pdf, null);
    const unknown = await standIn.visit("/i/test_nothing/pdf");
    assertEquals(unknown.status, 404);
    assertMatch(unknown.headers.get("content-type") ?? "", /text\/html/);
  }));

Deno.test("characters missing from the fonts are replaced, with a note", () =>
  withStripe(async (standIn) => {
    const { id } = await customer(standIn, { name: "株式会社ポルティコ 🏛️" });
    const { text } = await pdfOf(standIn, {
      customer: id,
      currency: "inr",
      lines: [{
        description: "Обслуживание \u202e serwer Łódź\n\tمرحبا",
        unitAmountMinor: 100_050,
      }],
    });
    assert(text.includes("??????????"));
    assert(text.includes("INR 1,000.50"));
    assert(text.includes("appear as question marks"));
  }));

Deno.test("many lines continue on a second page", () =>
  withStripe(async (standIn) => {
    const { id } = await customer(standIn);
    const { bytes, text } = await pdfOf(standIn, {
      customer: id,
      lines: Array.from({ length: 20 }, (_, line) => ({
        ...LINE,
        description: `Line ${line} ${"of a long description ".repeat(8)}`,
      })),
    });
    const pages = (await PDFDocument.load(bytes)).getPageCount();
    assert(pages > 2 && pages < 6);
    assertEquals(text.split("Unit price").length - 1, pages);
    assert(text.includes(`Page ${pages} of ${pages}`));
  }));

Deno.test("printable() keeps characters of the font and removes accents from others", () => {
  const ascii = new Set(Array.from({ length: 95 }, (_, at) => at + 32));
  assertEquals(printable("naïve ﬁ\u00a0x", ascii), {
    text: "naive fi x",
    complete: true,
  });
  assertEquals(printable("日本", ascii), { text: "??", complete: false });
});

Deno.test("the invoice's page and the portal link to the PDF", () =>
  withStripe(async (standIn) => {
    const { id, open } = await customer(standIn);
    const invoice = await standIn.invoice({ customer: id, lines: [LINE] });
    const pages = [invoice.hosted_invoice_url ?? "", await open()];
    for (const url of pages) {
      const page = await (await standIn.visit(url)).text();
      assert(page.includes(`href="${invoice.invoice_pdf}"`));
    }
  }));
