import * as v from "valibot";
import { assertEquals } from "@std/assert";
import { createApiKey } from "@/lib/auth/api_keys.ts";
import { balanceResponse } from "@/lib/http/schemas/wallet.ts";
import {
  authorization,
  giveCustomer,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";
import { openWalletApp, postTo } from "@/tests/helpers/wallet_app.ts";
import { charge, grant, purchase } from "@/tests/helpers/postings.ts";

const PATH = "/api/v1/account/balance";

async function ask(app: TestApp, headers?: HeadersInit): Promise<Response> {
  return await app.fetch(PATH, { headers: headers ?? await authorization() });
}

async function balance(app: TestApp) {
  const response = await ask(app);
  assertEquals(response.status, 200);
  return v.parse(balanceResponse, await response.json());
}

Deno.test("a new organization is on the free plan with its monthly tokens", async () => {
  await using app = await openWalletApp();
  const response = await ask(app);
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assertEquals(await response.json(), {
    plan: "free",
    plan_id: "free",
    interval: null,
    status: null,
    cancel_at: null,
    current_period_end: null,
    tokens: { total: 1_000, granted: 1_000, purchased: 0 },
    has_customer: false,
    features: [],
    limits: { projects: 1 },
  });
  assertEquals((await app.services.store.readWallet(ORG)).entries, 1);
});

Deno.test("concurrent first reads grant the month once, then the next month", async () => {
  await using app = await openWalletApp();
  await Promise.all(Array.from({ length: 32 }, () => ask(app)));
  const { store, now } = app.services;
  assertEquals((await store.readWallet(ORG)).granted, 1_000);
  await postTo(app, charge("charge:c", 300));
  const { key } = await createApiKey(app.services, {
    orgId: ORG,
    createdBy: "user_1",
    name: "Test",
    scopes: ["billing:read"],
  });
  app.clock.nowMs = Date.UTC(
    new Date(now()).getUTCFullYear(),
    new Date(now()).getUTCMonth() + 1,
  );
  const later = await ask(app, { Authorization: `Bearer ${key}` });
  assertEquals((await later.json()).tokens.total, 1_000);
  const [expiry] = await store.listEntries(ORG, {
    limit: 1,
    beforeSeq: Infinity,
  });
  assertEquals([expiry?.kind, expiry?.granted], ["expiry", -700]);
});

Deno.test("a paid plan's status and dates are in RFC 3339", async () => {
  await using app = await openWalletApp();
  await storeSubscription(app, {
    status: "past_due",
    plan: "pro",
    interval: "month",
    currentPeriodEndMs: Date.UTC(2026, 11, 5, 10),
    cancelAtMs: Date.UTC(2026, 11, 5, 10),
  });
  await postTo(app, grant("invoice:in_1", 50_000));
  await postTo(app, purchase("checkout:cs_1", 10_000));
  assertEquals(await balance(app), {
    plan: "paid",
    plan_id: "pro",
    interval: "month",
    status: "past_due",
    cancel_at: "2026-12-05T10:00:00.000Z",
    current_period_end: "2026-12-05T10:00:00.000Z",
    tokens: { total: 60_000, granted: 50_000, purchased: 10_000 },
    has_customer: true,
    features: ["roles"],
    limits: {},
  });
});

Deno.test("a custom plan has no entitlements of the catalogue", async () => {
  await using app = await openWalletApp();
  await storeSubscription(app, { status: "active", plan: null });
  const { plan, features, limits } = await balance(app);
  assertEquals({ plan, features, limits }, {
    plan: "paid",
    features: [],
    limits: {},
  });
});

Deno.test("an ended subscription falls back to the free plan", async () => {
  await using app = await openWalletApp();
  await storeSubscription(app, { status: "canceled", interval: "month" });
  const { plan, plan_id, interval, status, limits } = await balance(app);
  assertEquals({ plan, plan_id, interval, status, limits }, {
    plan: "free",
    plan_id: "free",
    interval: null,
    status: "canceled",
    limits: { projects: 1 },
  });
});

Deno.test("a customer without a subscription is on the free plan", async () => {
  await using app = await openWalletApp();
  await giveCustomer(app);
  const { plan, has_customer } = await balance(app);
  assertEquals({ plan, has_customer }, { plan: "free", has_customer: true });
});

Deno.test("members and keys with a read scope may read the balance", async () => {
  await using app = await openWalletApp();
  assertEquals((await ask(app, {})).status, 401);
  assertEquals((await ask(app, await authorization({}))).status, 400);
  for (
    const [scope, status] of [
      ["billing:read", 200],
      ["usage:write", 403],
    ] as const
  ) {
    const { key } = await createApiKey(app.services, {
      orgId: ORG,
      createdBy: "user_1",
      name: "Test",
      scopes: [scope],
    });
    const response = await ask(app, { Authorization: `Bearer ${key}` });
    assertEquals(response.status, status);
  }
});
