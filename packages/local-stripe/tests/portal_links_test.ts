import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { CARD, customer, MINUTE_MS, RETURN } from "./portal_customer.ts";
import { PAGES, withStripe } from "./local_stripe.ts";

Deno.test("an unused link expires after five minutes", () =>
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

Deno.test("an opened link expires one hour after the latest activity", () =>
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

Deno.test("an unknown link and a deleted customer's link are 404", () =>
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
      assert((await response.text()).includes("Page not found"));
    }
  }));

Deno.test("a deep link shows only its form and ends with a redirect", () =>
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

Deno.test("a deep link ends with a confirmation, a custom message or the portal", () =>
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

Deno.test("an expired link can be recovered with the customer's email address", () =>
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

Deno.test("recovery ends at its deadline and after five wrong addresses", () =>
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
