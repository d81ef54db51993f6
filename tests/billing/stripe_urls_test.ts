import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createStripe, requireStripeUrl } from "@/lib/billing/stripe_client.ts";
import {
  authorization,
  giveCustomer,
  interceptStripe,
  openTestApp,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { APP_URL } from "@/tests/helpers/tokens.ts";

const JSON_PORTAL = "/api/v1/account/billing-portal";
const REDIRECT_PORTAL = "/api/v1/operations/payment/customer-portal";
const CHECKOUT = "/api/v1/operations/payment/checkout";

/** Replaces the URL in Stripe's session responses. */
function answerUrl(app: TestApp, url: unknown): void {
  interceptStripe(app, async (request, next) => {
    const response = await next(request);
    if (!/sessions$/.test(new URL(request.url).pathname)) return response;
    const session = await response.json();
    return Response.json({ ...session, url }, { headers: response.headers });
  });
}

async function post(app: TestApp, path: string, body = {}): Promise<Response> {
  const headers = {
    ...await authorization(),
    "Content-Type": "application/json",
  };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  return await app.fetch(path, init);
}

const UNSAFE: unknown[] = [
  "http://billing.stripe.com/p/session/secret",
  "javascript:alert('secret')",
  "data:text/html,secret",
  "//billing.stripe.com/p/session/secret",
  "https://user:secret@billing.stripe.com/p/session",
  "secret",
  "",
  17,
  { href: "https://billing.stripe.com/p/session/secret" },
  ["https://billing.stripe.com/p/session/secret"],
];

for (const url of UNSAFE) {
  Deno.test(`a session URL ${JSON.stringify(url)} is 500 and not returned`, async () => {
    await using app = await openTestApp();
    await giveCustomer(app);
    await app.services.prices();
    answerUrl(app, url);
    const redirect = await app.fetch(REDIRECT_PORTAL, {
      headers: await authorization(),
    });
    assertEquals(redirect.headers.get("Location"), null);
    const responses = [
      redirect,
      await post(app, JSON_PORTAL),
      await post(app, CHECKOUT, { credits: "small" }),
    ];
    for (const response of responses) {
      assertEquals(response.status, 500);
      assertEquals((await response.text()).includes("secret"), false);
    }
    const failed = app.lines.filter((line) => line.includes("request failed"));
    assertEquals(failed.length, 3);
    assert(failed.every((line) => !line.includes("secret")), failed.join());
  });
}

Deno.test("a session URL on another https origin is returned", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  const url = "https://pay.example.com/p/session/secret";
  answerUrl(app, url);
  const response = await post(app, JSON_PORTAL);
  assertEquals(await response.json(), { url });
});

Deno.test("plain http is allowed only in the sandbox and with a configured API base", () => {
  const sandbox = {
    appUrl: "http://127.0.0.1:8000",
    stripe: { mode: "sandbox" },
  } as const;
  const keys = { secretKey: "sk_test_1", webhookSecrets: ["whsec_1"] };
  const apiBase = new URL("http://127.0.0.1:12111");
  const local = {
    appUrl: "http://127.0.0.1:8000",
    stripe: { mode: "test", ...keys, apiBase },
  } as const;
  const real = { ...local, stripe: { ...local.stripe, apiBase: null } };
  const own = "http://127.0.0.1:8000/sandbox/stripe/p/session/x";
  const base = "http://127.0.0.1:12111/p/session/x";
  assertEquals(requireStripeUrl(sandbox, own), own);
  assertEquals(requireStripeUrl(local, base), base);
  for (
    const [config, url] of [[sandbox, base], [local, own], [
      real,
      base,
    ]] as const
  ) {
    assertThrows(() => requireStripeUrl(config, url), Error, "not an https");
  }
});

for (const status of [301, 302, 303, 307, 308]) {
  Deno.test(`a ${status} from Stripe is an error and is not followed`, async () => {
    const followed: string[] = [];
    await using elsewhere = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => {
        followed.push(request.url);
        return Response.json({ id: "bps_1", url: `${APP_URL}/elsewhere` });
      },
    );
    const Location = `http://127.0.0.1:${elsewhere.addr.port}/`;
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      () => new Response("{}", { status, headers: { Location } }),
    );
    const stripe = await createStripe({
      mode: "test",
      secretKey: "sk_test_1",
      webhookSecrets: ["whsec_1"],
      apiBase: new URL(`http://127.0.0.1:${server.addr.port}`),
    })();
    const { sessions } = stripe.billingPortal;
    await assertRejects(() => sessions.create({ customer: "cus_1" }));
    await assertRejects(() => stripe.customers.retrieve("cus_1"));
    assertEquals(followed, []);
  });
}
