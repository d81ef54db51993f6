import { assert, assertEquals, assertMatch } from "@std/assert";
import { errorOf, failureOf, withStripe } from "./local_stripe.ts";

Deno.test("a missing, live or publishable key is 401", () =>
  withStripe(async ({ call }) => {
    for (
      const key of [
        null,
        "sk_live_real",
        "pk_test_public",
        "nonsense",
        "sk_test_",
      ]
    ) {
      const response = await call("GET", "/v1/customers", { key });
      assertEquals(response.status, 401, String(key));
      assertEquals((await errorOf(response))["type"], "invalid_request_error");
    }
  }));

Deno.test("an error response does not repeat an invalid key", () =>
  withStripe(async ({ call }) => {
    const response = await call("GET", "/v1/customers", {
      key: "sk_live_abcdefghijklmnop",
    });
    const { message } = await errorOf(response);
    assertEquals(message, "Invalid API Key provided: sk_live_********mnop");
  }));

Deno.test("Basic authentication and restricted keys are accepted", () =>
  withStripe(async ({ call }) => {
    const basic = { Authorization: `Basic ${btoa("sk_test_local:")}` };
    assertEquals(
      (await call("GET", "/v1/customers", { key: null, headers: basic }))
        .status,
      200,
    );
    assertEquals(
      (await call("GET", "/v1/customers", { key: "rk_test_local" })).status,
      200,
    );
    const broken = { Authorization: "Basic !!!" };
    assertEquals(
      (await call("GET", "/v1/customers", { key: null, headers: broken }))
        .status,
      401,
    );
  }));

Deno.test("each response has the request id and API version", () =>
  withStripe(async ({ call }) => {
    const response = await call("GET", "/v1/customers");
    assertMatch(response.headers.get("request-id") ?? "", /^req_\w{14}$/);
    assertEquals(response.headers.get("stripe-version"), "2026-10-28.endive");
    assertEquals(response.headers.get("content-type"), "application/json");
    await response.body?.cancel();
  }));

Deno.test("plain, percent-encoded, numbered and empty brackets are equivalent", () =>
  withStripe(async ({ call, local }) => {
    const spellings = [
      "preferred_locales[0]=de&preferred_locales[1]=fr&metadata[org]=o1",
      "preferred_locales[]=de&preferred_locales[]=fr&metadata[org]=o1",
      "preferred_locales%5B%5D=de&preferred_locales%5B%5D=fr&metadata%5Borg%5D=o1",
    ];
    for (const body of spellings) {
      const customer = await (await call("POST", "/v1/customers", { body }))
        .json();
      assertEquals(customer.preferred_locales, ["de", "fr"]);
      assertEquals(customer.metadata, { org: "o1" });
    }
    const flat = {
      "preferred_locales[0]": "de",
      "preferred_locales[1]": "fr",
      "metadata[org]": "o1",
    };
    for (const { params } of local.controls.requests) {
      assertEquals(params, flat);
    }
  }));

Deno.test("in a list with empty brackets, a repeated name starts a new record", () =>
  withStripe(async ({ call }) => {
    const body =
      "invoice_settings[custom_fields][][name]=PO&invoice_settings[custom_fields][][value]=1" +
      "&invoice_settings[custom_fields][][name]=VAT&invoice_settings[custom_fields][][value]=2";
    const customer = await (await call("POST", "/v1/customers", { body }))
      .json();
    assertEquals(customer.invoice_settings.custom_fields, [
      { name: "PO", value: "1" },
      { name: "VAT", value: "2" },
    ]);
  }));

Deno.test("malformed parameters are 400", () =>
  withStripe(async ({ call }) => {
    const bodies = [
      "a[b=1",
      "name=x&name[y]=z",
      "name[y]=z",
      "metadata=x",
      "[]=1",
      "a[b]c=1",
    ];
    for (const body of bodies) {
      assertEquals(
        (await call("POST", "/v1/customers", { body })).status,
        400,
        body,
      );
    }
    const json = { "Content-Type": "application/json" };
    assertEquals(
      (await call("POST", "/v1/customers", { body: "{}", headers: json }))
        .status,
      400,
    );
  }));

Deno.test("__proto__ is an unknown parameter", () =>
  withStripe(async ({ call }) => {
    for (
      const body of [
        "__proto__=x",
        "__proto__[polluted]=1",
        "constructor=1",
        "toString=1",
      ]
    ) {
      const response = await call("POST", "/v1/customers", { body });
      assertEquals(
        (await errorOf(response))["code"],
        "parameter_unknown",
        body,
      );
    }
    const body = "metadata[__proto__]=x";
    const customer = await (await call("POST", "/v1/customers", { body }))
      .json();
    assertEquals(Object.entries(customer.metadata), [["__proto__", "x"]]);
  }));

Deno.test("unknown parameters are reported with their full path", () =>
  withStripe(async ({ call }) => {
    const body = "invoice_settings[colour]=red";
    const error = await errorOf(await call("POST", "/v1/customers", { body }));
    assertEquals(error["code"], "parameter_unknown");
    assertEquals(error["param"], "invoice_settings[colour]");
    assertEquals(
      error["message"],
      "Received unknown parameter: invoice_settings[colour]",
    );
    assertMatch(error["doc_url"] ?? "", /parameter-unknown$/);
  }));

Deno.test("GET and DELETE read parameters from the query", () =>
  withStripe(async ({ call, stripe }) => {
    await stripe.customers.create({ email: "one@example.com" });
    await stripe.customers.create({ email: "two@example.com" });
    const found =
      await (await call("GET", "/v1/customers?email=two%40example.com")).json();
    assertEquals(found.data.length, 1);
    const refused = await call(
      "DELETE",
      `/v1/customers/${found.data[0].id}?now=1`,
    );
    assertEquals(refused.status, 400);
    await refused.body?.cancel();
  }));

Deno.test("an endpoint that is not implemented is 501, and the SDK does not retry", () =>
  withStripe(async ({ stripe, local }) => {
    const missing = [
      () => stripe.quotes.list({}, { maxNetworkRetries: 2 }),
      () => stripe.balance.retrieve(),
      () => stripe.invoices.sendInvoice("in_1"),
      () => stripe.subscriptions.search({ query: "status:'active'" }),
      () => stripe.subscriptionItems.del("si_1"),
      () => stripe.paymentIntents.confirm("pi_1"),
      () => stripe.products.search({ query: "active:'true'" }),
    ];
    for (const work of missing) {
      const error = await failureOf(work());
      assertEquals(error.statusCode, 501);
      assertEquals(error.code, "local_stripe_not_implemented");
    }
    assertEquals(local.controls.requests.length, missing.length);
  }));

Deno.test("parameters that are not implemented are 501, never ignored", () =>
  withStripe(async ({ stripe }) => {
    const error = await failureOf(
      stripe.customers.create({ source: "tok_visa" }),
    );
    assertEquals(error.statusCode, 501);
    assertMatch(error.message, /the parameter source/);
  }));

Deno.test("a URL that Stripe does not have is 404", () =>
  withStripe(async ({ call }) => {
    const paths = [
      "GET /v1/custommers",
      "DELETE /v1/prices/price_1",
      "GET /",
      "GET /v1/customers/",
    ];
    for (
      const [method = "", path = ""] of paths.map((line) => line.split(" "))
    ) {
      const response = await call(method, path);
      assertEquals(response.status, 404, path);
      const { message } = await errorOf(response);
      assert(
        message?.startsWith(`Unrecognized request URL (${method}: ${path})`),
        message,
      );
    }
  }));

Deno.test("a body larger than 1 MiB is refused", () =>
  withStripe(async ({ call }) => {
    const response = await call("POST", "/v1/customers", {
      body: `name=${"x".repeat(1_100_000)}`,
    });
    assertEquals(response.status, 413);
    await response.body?.cancel();
  }));

Deno.test("the account has the business name", () =>
  withStripe(async ({ stripe }) => {
    const account = await stripe.accounts.retrieveCurrent();
    assertEquals(account.object, "account");
    assertEquals(account.settings?.dashboard.display_name, "Portico");
  }));
