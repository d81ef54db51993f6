import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { customer, RETURN } from "./portal_customer.ts";
import { PAGES, withStripe } from "./local_stripe.ts";

Deno.test("the portal names the stand-in, the customer and the return link", () =>
  withStripe(async (standIn) => {
    const { open } = await customer(standIn);
    const response = await standIn.visit(await open());
    assertEquals(response.status, 200);
    assertEquals(
      response.headers.get("content-type"),
      "text/html; charset=utf-8",
    );
    const page = await response.text();
    for (
      const words of [
        "Local stand-in for Stripe",
        "No real money",
        "Billing for Acme",
        "No subscription yet",
      ]
    ) {
      assert(page.includes(words), words);
    }
    assert(page.includes(`href="${RETURN}"`));
    assertMatch(page, /Return to\s+Portico/);
  }));

Deno.test("a hosted page cannot be framed or cached and sends no referrer", () =>
  withStripe(async (standIn) => {
    const { open } = await customer(standIn);
    const { headers, body } = await standIn.visit(await open());
    await body?.cancel();
    assertEquals(headers.get("x-frame-options"), "DENY");
    assertEquals(headers.get("referrer-policy"), "no-referrer");
    assertEquals(headers.get("cache-control"), "no-store");
    const policy = headers.get("content-security-policy") ?? "";
    for (
      const part of [
        "default-src 'none'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'self'",
      ]
    ) {
      assert(policy.includes(part), part);
    }
    assertNotMatch(policy, /script-src|unsafe-inline/);
  }));

Deno.test("a customer's text is escaped", () =>
  withStripe(async (standIn) => {
    const { open } = await customer(standIn, {
      name: "<script>alert(1)</script>",
    });
    const page = await (await standIn.visit(await open())).text();
    assertEquals(page.includes("<script"), false);
    assert(page.includes("&lt;script"));
  }));

Deno.test("other methods and oversized forms are refused", () =>
  withStripe(async (standIn) => {
    const { open } = await customer(standIn);
    const link = await open();
    const url = link.replace(PAGES, "http://127.0.0.1:8000");
    const put = await standIn.local.handle(new Request(url, { method: "PUT" }));
    assertEquals([put.status, put.headers.get("allow")], [
      405,
      "GET, HEAD, POST",
    ]);
    const head = await standIn.local.handle(
      new Request(url, { method: "HEAD" }),
    );
    assertEquals([head.status, await head.text()], [200, ""]);
    const large = await standIn.visit(link, { name: "x".repeat(20_000) });
    assertEquals(large.status, 413);
  }));

Deno.test("the invoice history is paginated, omits drafts and formats currencies", () =>
  withStripe(async (standIn) => {
    const { id, open } = await customer(standIn);
    const make = (unitAmountMinor: number, more: object = {}) =>
      standIn.invoice({
        customer: id,
        lines: [{ description: "Pro", unitAmountMinor }],
        ...more,
      });
    const oldest = await make(1, {
      createdSec: standIn.clock.nowMs / 1_000 - 86_400,
    });
    for (let index = 0; index < 11; index++) await make(100 + index);
    await make(777, { status: "draft" });
    const newest = await make(500, { currency: "jpy" });
    const url = await open();
    const page = await (await standIn.visit(url)).text();
    assert(page.includes("¥500"));
    assertEquals(page.includes("$7.77"), false);
    assert(page.includes(newest.hosted_invoice_url ?? "none"));
    assertEquals(page.includes(oldest.number ?? "none"), false);
    const [, older = ""] = /href="([^"]+after=[^"]+)#invoices"/.exec(page) ??
      [];
    const rest = await (await standIn.visit(older)).text();
    assert(rest.includes(oldest.number ?? "none"));
    assert(rest.includes("Newest invoices"));
  }));

Deno.test("an invoice has a hosted page at a secret link", () =>
  withStripe(async (standIn) => {
    const { id } = await customer(standIn);
    const lines = [{
      description: "Tokens & more",
      unitAmountMinor: 1500,
      quantity: 2,
    }];
    const { number, hosted_invoice_url: url } = await standIn.invoice({
      customer: id,
      currency: "kwd",
      lines,
    });
    const response = await standIn.visit(url ?? "");
    assertEquals([response.status, response.headers.get("cache-control")], [
      200,
      "no-store",
    ]);
    const page = (await response.text()).replaceAll("\u00a0", " ");
    for (
      const words of [
        number ?? "",
        "Tokens &amp; more",
        "KWD 3.000",
        "Acme",
        "Local stand-in",
      ]
    ) {
      assert(page.includes(words), words);
    }
    assertEquals((await standIn.visit(`${PAGES}/i/test_none`)).status, 404);
  }));

Deno.test("amounts are formatted for the session's locale", () =>
  withStripe(async (standIn) => {
    const { id, open } = await customer(standIn);
    const lines = [{ description: "Pro", unitAmountMinor: 1999 }];
    await standIn.invoice({ customer: id, currency: "eur", lines });
    const page = await (await standIn.visit(await open({ locale: "de" })))
      .text();
    assert(page.includes("19,99"));
  }));

Deno.test("the style sheet is cacheable and supports dark mode", () =>
  withStripe(async (standIn) => {
    const response = await standIn.visit(`${PAGES}/p/style.css`);
    assertEquals(
      response.headers.get("content-type"),
      "text/css; charset=utf-8",
    );
    assertMatch(await response.text(), /prefers-color-scheme: dark/);
  }));

Deno.test("requests to pages are not recorded and ignore faults", () =>
  withStripe(async (standIn) => {
    const { open } = await customer(standIn);
    const url = await open();
    standIn.local.controls.reset();
    standIn.local.controls.fail({ kind: "server_error", times: Infinity });
    assertEquals((await standIn.visit(url)).status, 200);
    assertEquals(standIn.local.controls.requests, []);
  }));
