import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Portico, PorticoError } from "@portico/client";
import { clientTypes } from "@/tasks/client_types.ts";
import { giveCustomer, ORG } from "@/tests/helpers/app.ts";
import { type Fault, withServedApp } from "@/tests/helpers/client.ts";
import { freePort } from "@/tests/helpers/server_process.ts";
import { subscribe } from "@/tests/helpers/subscriptions.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";

/** Returns the error of a call that fails. */
function failureOf(call: Promise<unknown>): Promise<PorticoError> {
  return assertRejects(() => call, PorticoError);
}

Deno.test("the client's types are those of the OpenAPI document", async () => {
  const current = await Deno.readTextFile("packages/client/api.ts");
  const hint = "packages/client/api.ts: run `deno task client:types`";
  assertEquals(current, await clientTypes(), hint);
});

Deno.test("balance() and charge() act for the organization", () =>
  withServedApp({}, async ({ portico }) => {
    const organization = portico.organization("org_1");
    const { plan_id, tokens } = await organization.balance();
    assertEquals([plan_id, tokens.total], ["free", 1_000]);
    const charge = await organization.charge(250, {
      idempotencyKey: "job-1",
      description: "Image rendering",
    });
    assertEquals([charge.tokens, charge.balance], [250, 750]);
    const repeated = await organization.charge(250, {
      idempotencyKey: "job-1",
      description: "Image rendering",
    });
    assertEquals(repeated, charge);
    const other = await portico.organization("org_2").balance();
    assertEquals(other.tokens.total, 1_000);
  }));

Deno.test("requireFeature() returns the balance of a plan with the feature", () =>
  withServedApp({}, async ({ app, portico }) => {
    const customer = await giveCustomer(app);
    await subscribe(app, customer, { lookupKey: "scale_month" });
    await syncSubscription(app.services, ORG);
    const balance = await portico.organization(ORG).requireFeature("audit_log");
    assertEquals(balance.plan_id, "scale");
  }));

Deno.test("requireFeature() throws a 402 that the caller can respond with", () =>
  withServedApp({}, async ({ portico }) => {
    const organization = portico.organization(ORG);
    const error = await failureOf(organization.requireFeature("audit_log"));
    const response = error.toResponse();
    assertEquals(response.status, 402);
    assertEquals(await response.json(), {
      error: "feature_missing",
      message: "The plan does not include audit_log",
      feature: "audit_log",
      plan_id: "free",
    });
  }));

Deno.test("charge() throws the API's 402 with the shortfall", () =>
  withServedApp({}, async ({ portico, requests, app }) => {
    const organization = portico.organization(ORG);
    const { status, body } = await failureOf(
      organization.charge(1_001, { idempotencyKey: "job-1" }),
    );
    assertEquals(status, 402);
    assertEquals(body.error, "insufficient_balance");
    assertEquals([body["balance"], body["required"]], [1_000, 1_001]);
    const topUp = `${app.services.config.frontendUrl}/account#credits`;
    assertEquals(body["top_up_url"], topUp);
    assertEquals(requests.length, 1);
  }));

Deno.test("errors of operations have the format of other errors", () =>
  withServedApp({}, async ({ portico }) => {
    const organization = portico.organization(ORG);
    const { status, body } = await failureOf(
      organization.checkout({ plan: "pro", interval: "month" }),
    );
    assertEquals(status, 403);
    assertEquals(body.error, "forbidden");
    assert(body.message.includes("billing:manage"), body.message);
  }));

Deno.test("checkout() and portal() return URLs of Stripe", () =>
  withServedApp({ scopes: ["billing:manage"] }, async ({ portico }) => {
    const organization = portico.organization(ORG);
    const checkout = await organization.checkout({ credits: "small" });
    assert(checkout.url.includes("/c/pay/"), checkout.url);
    const portal = await organization.portal({ return_to: "organization" });
    assert(portal.url.includes("/p/session/"), portal.url);
  }));

/** Fails the first two attempts. */
const FAULTS: Record<string, Fault> = {
  "a 500": (next, attempt) =>
    attempt > 2 ? next() : new Response("down", { status: 500 }),
  "a 503 with Retry-After": (next, attempt) =>
    attempt > 2 ? next() : Response.json(
      { error: "unavailable", message: "The server is restarting" },
      { status: 503, headers: { "Retry-After": "0" } },
    ),
  "a 429 with Retry-After": (next, attempt) =>
    attempt > 2 ? next() : Response.json(
      { error: "rate_limited", message: "Too many calls" },
      { status: 429, headers: { "Retry-After": "0" } },
    ),
  "a response that is lost after the charge": async (next, attempt) => {
    const response = await next();
    return attempt > 2 ? response : withoutEnd(response);
  },
  "a response that is late after the charge": async (next, attempt) => {
    const response = await next();
    if (attempt <= 2) await new Promise((done) => setTimeout(done, 2_500));
    return response;
  },
};

/** The connection ends in the middle of the body. */
async function withoutEnd(response: Response): Promise<Response> {
  const length = response.headers.get("Content-Length") ??
    String((await response.bytes()).length);
  const headers = { "Content-Length": length };
  return new Response(new Blob(["{"]).stream(), { headers });
}

for (const [name, fault] of Object.entries(FAULTS)) {
  Deno.test(`charge() charges once after ${name}`, () =>
    withServedApp(
      { fault, timeoutMs: 2_000 },
      async ({ portico, requests }) => {
        const organization = portico.organization(ORG);
        const charge = await organization.charge(250, {
          idempotencyKey: "job-1",
        });
        assertEquals(charge.balance, 750);
        assertEquals(requests.length, 3);
        const keys = requests.map(({ idempotencyKey }) => idempotencyKey);
        assertEquals(keys, ["job-1", "job-1", "job-1"]);
        assertEquals((await organization.balance()).tokens.total, 750);
      },
    ));
}

Deno.test("a call waits as long as Retry-After says", () => {
  const fault: Fault = (next, attempt) =>
    attempt > 1 ? next() : new Response("", {
      status: 429,
      headers: { "Retry-After": "1" },
    });
  return withServedApp({ fault }, async ({ portico }) => {
    const startMs = performance.now();
    await portico.organization(ORG).balance();
    assert(performance.now() - startMs >= 990);
  });
});

Deno.test("a Retry-After of more than 30 seconds is left to the caller", () => {
  const fault: Fault = () =>
    Response.json({ error: "rate_limited", message: "Too many calls" }, {
      status: 429,
      headers: { "Retry-After": "31" },
    });
  return withServedApp({ fault }, async ({ portico, requests }) => {
    const error = await failureOf(portico.organization(ORG).balance());
    assertEquals([error.status, error.retryAfterSec], [429, 31]);
    assertEquals(error.toResponse().headers.get("Retry-After"), "31");
    assertEquals(requests.length, 1);
  });
});

Deno.test("retries end after maxRetries", () => {
  const fault: Fault = () => new Response("down", { status: 502 });
  const options = { fault, maxRetries: 1 };
  return withServedApp(options, async ({ portico, requests }) => {
    const { status, body } = await failureOf(
      portico.organization(ORG).balance(),
    );
    assertEquals([status, body.error], [502, "unavailable"]);
    assertEquals(requests.length, 2);
  });
});

Deno.test("a refused call is not retried", () =>
  withServedApp({}, async ({ url, portico, requests }) => {
    const guess = new Portico({ url, key: "portico_service_guess" });
    assertEquals(
      (await failureOf(guess.organization(ORG).balance())).status,
      401,
    );
    const organization = portico.organization(ORG);
    await organization.charge(1, { idempotencyKey: "job-1" });
    const { status, body } = await failureOf(
      organization.charge(2, { idempotencyKey: "job-1" }),
    );
    assertEquals([status, body.error], [409, "conflict"]);
    assertEquals(requests.length, 3);
  }));

Deno.test("an unreachable Portico is a 503 with its cause", async () => {
  const url = `http://127.0.0.1:${freePort()}`;
  const portico = new Portico({ url, key: "portico_service_1", maxRetries: 0 });
  const error = await failureOf(portico.organization(ORG).balance());
  assertEquals([error.status, error.body.error], [503, "unavailable"]);
  assert(error.cause instanceof TypeError);
});

Deno.test("a URL that serves another app is an error, not a result", () => {
  const fault: Fault = () => new Response("<h1>Welcome</h1>");
  return withServedApp({ fault, maxRetries: 0 }, async ({ portico }) => {
    const { status, body } = await failureOf(
      portico.organization(ORG).balance(),
    );
    assertEquals(status, 502);
    assertEquals(body.message, "Portico responded 200 without JSON");
  });
});

Deno.test("organization() refuses a missing or malformed id", () => {
  const portico = new Portico({ url: "http://127.0.0.1:9", key: "key" });
  for (const id of [undefined, null, "", "org 1", "a".repeat(129)]) {
    assertThrows(() => portico.organization(id as string), TypeError);
  }
});
