import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { CARD, customer } from "./portal_customer.ts";
import { withStripe } from "./local_stripe.ts";

Deno.test("an added card becomes the default", () =>
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

Deno.test("an added card need not become the default", () =>
  withStripe(async (standIn) => {
    const { open, cards, read } = await customer(standIn);
    const url = await open();
    const keep = { ...CARD, default: "no" };
    // The first card becomes the default in any case.
    await standIn.visit(`${url}/card`, keep);
    const chosen = async () =>
      (await read()).invoice_settings.default_payment_method;
    const [first] = await cards();
    assertEquals(await chosen(), first?.id);
    await standIn.visit(`${url}/card`, keep);
    assertEquals([(await cards()).length, await chosen()], [2, first?.id]);
    const form = await (await standIn.visit(`${url}/card`)).text();
    assertMatch(form, /Use as default payment method/);
  }));

Deno.test("the tax id can be entered, replaced and cleared where the configuration allows it", () =>
  withStripe(async (standIn) => {
    const { stripe, visit } = standIn;
    const { id, open } = await customer(standIn);
    const features = (allowed_updates: ["email"] | ["email", "tax_id"]) => ({
      features: { customer_update: { allowed_updates, enabled: true } },
    });
    const withTaxId = await stripe.billingPortal.configurations.create(
      features(["email", "tax_id"]),
    );
    const url = await open({ configuration: withTaxId.id });
    const save = (tax_id_type: string, tax_id: string) =>
      visit(`${url}/details`, { email: "a@example.com", tax_id_type, tax_id });
    const values = async () =>
      (await stripe.customers.listTaxIds(id)).data.map(({ value }) => value);
    const wrong = await save("eu_vat", "DE12");
    assertEquals(wrong.status, 422);
    assertMatch(await wrong.text(), /This is not a valid EU VAT\./);
    assertEquals((await save("eu_vat", "de123456789")).status, 303);
    assertEquals(await values(), ["DE123456789"]);
    assertMatch(await (await visit(url)).text(), /DE123456789/);
    const form = await (await visit(`${url}/details`)).text();
    assertMatch(form, /value="DE123456789"/);
    await save("gb_vat", "GB123456789");
    assertEquals(await values(), ["GB123456789"]);
    await save("gb_vat", "");
    assertEquals(await values(), []);
    const without = await stripe.billingPortal.configurations.create(
      features(["email"]),
    );
    const other = await open({ configuration: without.id });
    await visit(`${other}/details`, {
      email: "a@example.com",
      tax_id_type: "eu_vat",
      tax_id: "DE123456789",
    });
    assertEquals(await values(), []);
  }));

Deno.test("the company name can be entered and cleared", () =>
  withStripe(async (standIn) => {
    const { open, read } = await customer(standIn);
    const url = await open();
    const details = { name: "Acme", email: "a@example.com" };
    const company = { ...details, business_name: "Acme Ltd" };
    await standIn.visit(`${url}/details`, company);
    assertEquals((await read()).business_name, "Acme Ltd");
    assertMatch(await (await standIn.visit(url)).text(), /Acme Ltd/);
    await standIn.visit(`${url}/details`, details);
    assertEquals((await read()).business_name, undefined);
  }));

Deno.test("a rejected card shows an error at its field and is not sent back", () =>
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
      [{ number: "4000002500003155" }, "requires authentication"],
      [{ expiry: "soon" }, "Enter an expiration date"],
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

Deno.test("a customer can remove and choose as default only their own cards", () =>
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

Deno.test("billing information can be changed and cleared", () =>
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

Deno.test("the portal offers the configured features and refuses others", () =>
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

Deno.test("forms from other origins are refused", () =>
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
