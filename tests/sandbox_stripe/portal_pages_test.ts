import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertNotMatch,
} from "@std/assert";
import type Stripe from "stripe";
import { PAGES, type StandIn, withStripe } from "./stand_in.ts";

const MINUTE_MS = 60_000;
const RETURN = "https://app.example/organization";
const CARD = {
  number: "5555 5555 5555 4444",
  expiry: "04 / 30",
  cvc: "123",
  name: "Ada",
};

type Create = Stripe.BillingPortal.SessionCreateParams;

async function customer(
  { stripe }: StandIn,
  params: Stripe.CustomerCreateParams = {},
) {
  const { id } = await stripe.customers.create({
    name: "Acme",
    email: "a@example.com",
    ...params,
  });
  const open = async (more: Create = {}) =>
    (await stripe.billingPortal.sessions.create({
      customer: id,
      return_url: RETURN,
      ...more,
    })).url;
  const cards = async () =>
    (await stripe.customers.listPaymentMethods(id)).data;
  const read = async () => {
    const found = await stripe.customers.retrieve(id);
    assert(!found.deleted);
    return found;
  };
  return { id, open, cards, read };
}

Deno.test("the portal says what it is, whose it is, and how to get back", () =>
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

Deno.test("a hosted page cannot be framed, cached, or leak its address", () =>
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

Deno.test("what a customer wrote is shown as text", () =>
  withStripe(async (standIn) => {
    const { open } = await customer(standIn, {
      name: "<script>alert(1)</script>",
    });
    const page = await (await standIn.visit(await open())).text();
    assertEquals(page.includes("<script"), false);
    assert(page.includes("&lt;script"));
  }));

Deno.test("an unused link lives five minutes", () =>
  withStripe(async (standIn) => {
    const { open } = await customer(standIn);
    const inTime = await open();
    const late = await open();
    standIn.clock.nowMs += 5 * MINUTE_MS - 1;
    assertEquals((await standIn.visit(inTime)).status, 200);
    standIn.clock.nowMs += 1;
    const response = await standIn.visit(late);
    assertEquals(response.status, 410);
    const page = await response.text();
    assert(page.includes("This link has expired"));
    assert(page.includes(`href="${RETURN}"`));
    assertEquals(page.includes("<form"), false);
  }));

Deno.test("an opened link lives until an hour after the latest activity", () =>
  withStripe(async (standIn) => {
    const { open } = await customer(standIn);
    const url = await open();
    for (const wait of [0, 59, 59]) {
      standIn.clock.nowMs += wait * MINUTE_MS;
      assertEquals((await standIn.visit(url)).status, 200);
    }
    standIn.clock.nowMs += 60 * MINUTE_MS;
    assertEquals((await standIn.visit(url)).status, 410);
    assertEquals((await standIn.visit(`${url}/card`, CARD)).status, 410);
  }));

Deno.test("an unknown link, and one of a deleted customer, lead nowhere", () =>
  withStripe(async (standIn) => {
    const { id, open } = await customer(standIn);
    const url = await open();
    await standIn.stripe.customers.del(id);
    for (
      const link of [
        url,
        `${PAGES}/p/session/test_none`,
        `${PAGES}/p/other`,
        `${url}/nothing`,
      ]
    ) {
      const response = await standIn.visit(link);
      assertEquals(response.status, 404, link);
      assert((await response.text()).includes("There is nothing at this link"));
    }
  }));

Deno.test("a card that is added becomes the one that is charged first", () =>
  withStripe(async (standIn) => {
    const { open, cards, read } = await customer(standIn, {
      payment_method: "pm_card_visa",
    });
    const url = await open();
    const form = await (await standIn.visit(`${url}/card`)).text();
    assert(form.includes(`action="${new URL(url).pathname}/card"`));
    const response = await standIn.visit(`${url}/card`, CARD);
    assertEquals(response.status, 303);
    assertEquals(
      response.headers.get("location"),
      `${new URL(url).pathname}?done=card`,
    );
    const [newest, older] = await cards();
    assertEquals([newest?.card?.last4, newest?.card?.exp_year], ["4444", 2030]);
    assertEquals([
      newest?.billing_details.name,
      newest?.card?.checks?.cvc_check,
    ], ["Ada", "pass"]);
    assertEquals(
      (await read()).invoice_settings.default_payment_method,
      newest?.id,
    );
    const page = await (await standIn.visit(`${url}?done=card`)).text();
    assert(page.includes("Your card has been added."));
    assert(page.indexOf("4444") < page.indexOf(older?.card?.last4 ?? ""));
  }));

Deno.test("a card that cannot be added says why, beside its field, and is not repeated", () =>
  withStripe(async (standIn) => {
    const { open, cards } = await customer(standIn);
    const url = await open();
    const refused = [
      [{ number: "" }, "Enter a card number."],
      [{ number: "4242424242424241" }, "Your card number is incorrect."],
      [
        { number: "4111 1111 1111 1111" },
        "Only the documented test cards work here.",
      ],
      [{ number: "4000000000000002" }, "Your card was declined."],
      [{ number: "4000000000009995" }, "insufficient funds"],
      [{ number: "4000000000000069" }, "has expired"],
      [{ number: "4000002500003155" }, "asks for confirmation"],
      [{ expiry: "soon" }, "Enter the month and year"],
      [{ expiry: "13/30" }, "expiration month is invalid"],
      [{ expiry: "01/20" }, "expiration year is invalid"],
      [{ cvc: "" }, "Enter the security code."],
      [{ cvc: "1" }, "security code is invalid"],
    ] as const;
    for (const [change, words] of refused) {
      const typed = { ...CARD, ...change };
      const response = await standIn.visit(`${url}/card`, typed);
      assertEquals(response.status, 422, words);
      const page = await response.text();
      assert(page.replaceAll("&#39;", "'").includes(words), words);
      assertNotMatch(
        page,
        new RegExp(`value="[^"]*${typed.number.slice(-4) || "none"}`),
      );
      assert(page.includes(`value="${typed.expiry}"`));
    }
    assertEquals(await cards(), []);
  }));

Deno.test("cards can be made the default and removed, one's own only", () =>
  withStripe(async (standIn) => {
    const { open, cards, read } = await customer(standIn, {
      payment_method: "pm_card_visa",
    });
    const other = await customer(standIn, { payment_method: "pm_card_amex" });
    const url = await open();
    const [mine] = await cards();
    const [theirs] = await other.cards();
    const chosen = await standIn.visit(`${url}/cards/${mine?.id}/default`, {});
    assertEquals(
      chosen.headers.get("location"),
      `${new URL(url).pathname}?done=default`,
    );
    assertEquals(
      (await read()).invoice_settings.default_payment_method,
      mine?.id,
    );
    for (const verb of ["default", "remove"]) {
      assertEquals(
        (await standIn.visit(`${url}/cards/${theirs?.id}/${verb}`, {})).status,
        404,
      );
    }
    assertEquals((await other.cards()).length, 1);
    assertEquals(
      (await standIn.visit(`${url}/cards/${mine?.id}/remove`, {})).status,
      303,
    );
    assertEquals(await cards(), []);
    assertEquals((await read()).invoice_settings.default_payment_method, null);
    assertEquals(
      (await standIn.visit(`${url}/cards/${mine?.id}/remove`, {})).status,
      404,
    );
  }));

Deno.test("billing information is changed, and emptied", () =>
  withStripe(async (standIn) => {
    const { open, read } = await customer(standIn);
    const url = await open();
    const details = {
      name: "Acme AS",
      email: "new@example.com",
      phone: "",
      line1: "1 Road",
      line2: "",
      city: "Oslo",
      state: "",
      postal_code: "0150",
      country: "NO",
    };
    assertEquals((await standIn.visit(`${url}/details`, details)).status, 303);
    const changed = await read();
    assertEquals([changed.name, changed.email, changed.phone], [
      "Acme AS",
      "new@example.com",
      null,
    ]);
    assertEquals(changed.address?.country, "NO");
    const page = await (await standIn.visit(`${url}?done=details`)).text();
    for (const words of ["Norway", "1 Road", "has been saved"]) {
      assert(page.includes(words), words);
    }
    const form = await (await standIn.visit(`${url}/details`)).text();
    assertMatch(form, /<option\s+value="NO" selected>Norway/);
    const empty = Object.fromEntries(
      Object.keys(details).map((name) => [name, ""]),
    );
    await standIn.visit(`${url}/details`, {
      ...empty,
      email: "new@example.com",
    });
    assertEquals([(await read()).address, (await read()).name], [null, null]);
    const wrong = await standIn.visit(`${url}/details`, {
      ...details,
      email: "nobody",
    });
    assertEquals(wrong.status, 422);
    assert((await wrong.text()).includes("Enter an email address"));
    assertEquals(
      (await standIn.visit(`${url}/details`, { ...details, country: "XX" }))
        .status,
      422,
    );
    assertEquals(
      (await standIn.visit(`${url}/details`, {
        ...details,
        name: "x".repeat(257),
      })).status,
      422,
    );
  }));

Deno.test("the page offers what the configuration allows, and refuses the rest", () =>
  withStripe(async (standIn) => {
    const { open, cards, read } = await customer(standIn, {
      payment_method: "pm_card_visa",
    });
    const { configurations } = standIn.stripe.billingPortal;
    const { id } = await configurations.create({
      features: {
        customer_update: { enabled: true, allowed_updates: ["phone"] },
      },
      business_profile: {
        headline: "Hello",
        terms_of_service_url: "https://app.example/terms",
      },
    });
    const url = await open({ configuration: id });
    const page = await (await standIn.visit(url)).text();
    for (
      const words of [
        "Hello",
        "https://app.example/terms",
        "Billing information",
      ]
    ) assert(page.includes(words));
    for (const words of ["Payment method", "Invoice history"]) {
      assertEquals(page.includes(words), false);
    }
    const [card] = await cards();
    assertEquals((await standIn.visit(`${url}/card`)).status, 404);
    assertEquals((await standIn.visit(`${url}/card`, CARD)).status, 404);
    assertEquals(
      (await standIn.visit(`${url}/cards/${card?.id}/remove`, {})).status,
      404,
    );
    const form = await (await standIn.visit(`${url}/details`)).text();
    assertEquals(form.includes('name="email"'), false);
    await standIn.visit(`${url}/details`, {
      phone: "1",
      email: "thief@example.com",
      name: "Thief",
    });
    assertEquals([(await read()).phone, (await read()).email], [
      "1",
      "a@example.com",
    ]);
  }));

Deno.test("forms are taken from the page's own origin only", () =>
  withStripe(async (standIn) => {
    const { open, cards } = await customer(standIn);
    const url = await open();
    const refused: Record<string, string>[] = [
      {},
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
      { "Sec-Fetch-Site": "none" },
      { Origin: "https://evil.example" },
      { Origin: "null" },
      { Origin: "http://127.0.0.1:8000", "Sec-Fetch-Site": "cross-site" },
    ];
    for (const headers of refused) {
      const response = await standIn.visit(`${url}/card`, CARD, headers);
      assertEquals(response.status, 403, JSON.stringify(headers));
    }
    assertEquals(await cards(), []);
    const origin = { Origin: "http://127.0.0.1:8000" };
    assertEquals(
      (await standIn.visit(`${url}/card`, CARD, origin)).status,
      303,
    );
  }));

Deno.test("other methods, and forms that are too large, are refused", () =>
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

Deno.test("a deep link shows its form alone, and ends with a redirect", () =>
  withStripe(async (standIn) => {
    const { open, cards } = await customer(standIn);
    const redirect = { return_url: "https://app.example/done?flow=card" };
    const url = await open({
      flow_data: {
        type: "payment_method_update",
        after_completion: { type: "redirect", redirect },
      },
    });
    const response = await standIn.visit(url);
    assert(
      (response.headers.get("content-security-policy") ?? "").includes(
        "form-action 'self' https://app.example",
      ),
    );
    const page = await response.text();
    assert(page.includes("Card number"));
    assertEquals(page.includes("Invoice history"), false);
    assertEquals((await standIn.visit(`${url}/details`)).status, 303);
    assertEquals(
      (await standIn.visit(`${url}/details`, { email: "b@example.com" }))
        .status,
      404,
    );
    const done = await standIn.visit(`${url}/card`, CARD);
    assertEquals([done.status, done.headers.get("location")], [
      303,
      redirect.return_url,
    ]);
    assertEquals((await cards()).length, 1);
    assertEquals(
      (await standIn.visit(url)).headers.get("location"),
      `${new URL(url).pathname}/done`,
    );
  }));

Deno.test("a deep link ends with a confirmation, with words of one's own, or in the portal", () =>
  withStripe(async (standIn) => {
    const { open } = await customer(standIn);
    const details = { name: "Acme", email: "a@example.com" };
    const plain = await open({ flow_data: { type: "customer_update" } });
    assertEquals((await standIn.visit(`${plain}/done`)).status, 303);
    const first = await standIn.visit(`${plain}/details`, details);
    assertEquals(
      first.headers.get("location"),
      `${new URL(plain).pathname}/done`,
    );
    assert(
      (await (await standIn.visit(`${plain}/done`)).text()).includes(
        "has been saved",
      ),
    );

    const hosted_confirmation = { custom_message: "See you soon" };
    const told = await open({
      flow_data: {
        type: "customer_update",
        after_completion: { type: "hosted_confirmation", hosted_confirmation },
      },
    });
    await standIn.visit(`${told}/details`, details);
    assert(
      (await (await standIn.visit(`${told}/done`)).text()).includes(
        "See you soon",
      ),
    );

    const home = await open({
      flow_data: {
        type: "customer_update",
        after_completion: { type: "portal_homepage" },
      },
    });
    const last = await standIn.visit(`${home}/details`, details);
    assertEquals(
      last.headers.get("location"),
      `${new URL(home).pathname}?done=details`,
    );
    assert(
      (await (await standIn.visit(home)).text()).includes("Invoice history"),
    );
  }));

Deno.test("an expired link that may be recovered opens again for the email on file", () =>
  withStripe(async (standIn) => {
    const { open } = await customer(standIn);
    const url = await open({ after_expiration: { type: "customer_login" } });
    standIn.clock.nowMs += 6 * MINUTE_MS;
    const page = await standIn.visit(url);
    assertEquals(page.status, 410);
    assert((await page.text()).includes("Billing email"));
    const wrong = await standIn.visit(`${url}/recover`, {
      email: "b@example.com",
    });
    assertEquals(wrong.status, 410);
    assert((await wrong.text()).includes("not the email address on file"));
    const right = await standIn.visit(`${url}/recover`, {
      email: " A@example.com ",
    });
    assertEquals(right.status, 303);
    const fresh = right.headers.get("location") ?? "";
    assertNotEquals(fresh, url);
    assertEquals((await standIn.visit(fresh)).status, 200);
    assertEquals((await standIn.visit(url)).status, 410);
  }));

Deno.test("recovery ends with its deadline, and after five guesses", () =>
  withStripe(async (standIn) => {
    const { open } = await customer(standIn);
    const expires_at = standIn.clock.nowMs / 1_000 + 600;
    const limited = await open({
      after_expiration: {
        type: "customer_login",
        customer_login: { expires_at },
      },
    });
    const guessed = await open({
      after_expiration: { type: "customer_login" },
    });
    standIn.clock.nowMs += 6 * MINUTE_MS;
    for (let guess = 0; guess < 5; guess++) {
      await standIn.visit(`${guessed}/recover`, {
        email: `${guess}@example.com`,
      });
    }
    assertEquals(
      (await standIn.visit(`${guessed}/recover`, { email: "a@example.com" }))
        .status,
      410,
    );
    standIn.clock.nowMs += 5 * MINUTE_MS;
    assertEquals(
      (await standIn.visit(`${limited}/recover`, { email: "a@example.com" }))
        .status,
      410,
    );
  }));

Deno.test("the invoice history is paged, without drafts, in each currency's own way", () =>
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

Deno.test("an invoice has a page of its own, for whoever has the link", () =>
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

Deno.test("amounts are written in the session's locale", () =>
  withStripe(async (standIn) => {
    const { id, open } = await customer(standIn);
    const lines = [{ description: "Pro", unitAmountMinor: 1999 }];
    await standIn.invoice({ customer: id, currency: "eur", lines });
    const page = await (await standIn.visit(await open({ locale: "de" })))
      .text();
    assert(page.includes("19,99"));
  }));

Deno.test("the style sheet may be kept, and holds the dark colours too", () =>
  withStripe(async (standIn) => {
    const response = await standIn.visit(`${PAGES}/p/style.css`);
    assertEquals(
      response.headers.get("content-type"),
      "text/css; charset=utf-8",
    );
    assertMatch(await response.text(), /prefers-color-scheme: dark/);
  }));

Deno.test("pages are not API requests: they are neither recorded nor hit by faults", () =>
  withStripe(async (standIn) => {
    const { open } = await customer(standIn);
    const url = await open();
    standIn.local.controls.reset();
    standIn.local.controls.fail({ kind: "server_error", times: Infinity });
    assertEquals((await standIn.visit(url)).status, 200);
    assertEquals(standIn.local.controls.requests, []);
  }));
