import { assertEquals } from "@std/assert";
import { createServiceKey } from "@/lib/auth/service_keys.ts";
import { verifyLedgers } from "@/lib/wallet/ledger_verify.ts";
import type { ServiceScope } from "@/lib/store/service_keys.ts";
import { authorization, ORG, type TestApp } from "@/tests/helpers/app.ts";
import { openWalletApp, postTo } from "@/tests/helpers/wallet_app.ts";
import { purchase } from "@/tests/helpers/postings.ts";

const ADJUSTMENTS = "/api/v1/billing/adjustments";

async function keyHeaders(
  { services }: TestApp,
  scopes: ServiceScope[] = ["organizations:write"],
): Promise<{ id: string; headers: Record<string, string> }> {
  const { serviceKey, key } = await createServiceKey(services, {
    name: "Backend",
    scopes,
  });
  const headers = {
    "Authorization": `Bearer ${key}`,
    "Portico-Organization": ORG,
  };
  return { id: serviceKey.id, headers };
}

interface AdjustOptions {
  key?: string | null;
  body?: unknown;
}

function adjust(
  app: TestApp,
  headers: HeadersInit,
  { key = crypto.randomUUID(), body }: AdjustOptions,
): Promise<Response> {
  return app.fetch(ADJUSTMENTS, {
    method: "POST",
    headers: {
      ...headers,
      "Content-Type": "application/json",
      ...(key !== null && { "Idempotency-Key": key }),
    },
    body: JSON.stringify(body),
  });
}

Deno.test("an adjustment adds purchased tokens with its reason and actor", async () => {
  await using app = await openWalletApp();
  const { id, headers } = await keyHeaders(app);
  const body = { tokens: 500, reason: " Goodwill " };
  const response = await adjust(app, headers, { body });
  assertEquals(response.status, 201);
  const made = await response.json();
  assertEquals([made.tokens, made.balance], [500, 500]);
  const { store } = app.services;
  assertEquals((await store.readWallet(ORG)).purchased, 500);
  const [entry] = await store.listEntries(ORG, {
    limit: 1,
    beforeSeq: Infinity,
  });
  assertEquals(entry?.kind, "adjustment");
  assertEquals(entry?.description, "Goodwill");
  assertEquals(entry?.adjustment, {
    actor: { type: "service_key", id },
    requestedTokens: 500,
  });
  const history = await app.fetch("/api/v1/billing/history", {
    headers: await authorization(),
  });
  const { items: [item] } = await history.json();
  assertEquals([item.kind, item.tokens, item.description], [
    ...["adjustment", 500, "Goodwill"],
  ]);
  assertEquals((await verifyLedgers(store)).differences, []);
});

Deno.test("an adjustment is one activity, however often it is repeated", async () => {
  await using app = await openWalletApp();
  const { id, headers } = await keyHeaders(app);
  const body = { tokens: 500, reason: "Goodwill" };
  for (const status of [201, 200]) {
    const response = await adjust(app, headers, { key: "a1", body });
    assertEquals(response.status, status);
    await response.body?.cancel();
  }
  const response = await app.fetch("/api/v1/account/activity", {
    headers: await authorization(),
  });
  const { items } = await response.json();
  assertEquals(items.length, 1);
  assertEquals(items[0].action, "wallet.adjusted");
  assertEquals(items[0].actor, { type: "service_key", id });
  assertEquals(items[0].details, body);
});

Deno.test("an adjustment takes purchased tokens, never below zero", async () => {
  await using app = await openWalletApp();
  const { headers } = await keyHeaders(app);
  await postTo(app, purchase("checkout:cs_1", 300));
  const take = async (tokens: number) => {
    const body = { tokens, reason: "Correction" };
    const response = await adjust(app, headers, { body });
    assertEquals(response.status, 201);
    const { tokens: taken, balance } = await response.json();
    return [taken, balance];
  };
  assertEquals(await take(-100), [-100, 200]);
  assertEquals(await take(-500), [-200, 0]);
  assertEquals(await take(-1), [0, 0]);
  assertEquals((await verifyLedgers(app.services.store)).differences, []);
});

Deno.test("an adjustment is made once per Idempotency-Key", async () => {
  await using app = await openWalletApp();
  const { headers } = await keyHeaders(app);
  await postTo(app, purchase("checkout:cs_1", 10));
  const body = { tokens: -50, reason: "Correction" };
  const calls = await Promise.all(Array.from(
    { length: 16 },
    () => adjust(app, headers, { key: "same", body }),
  ));
  const statuses = calls.map(({ status }) => status).toSorted();
  assertEquals(statuses, [...Array(15).fill(200), 201]);
  const answers = await Promise.all(calls.map((call) => call.text()));
  assertEquals(new Set(answers).size, 1);
  const others = [
    { ...body, tokens: -10 }, // the number that was taken, not the request
    { ...body, reason: "Other" },
  ];
  for (const other of others) {
    const response = await adjust(app, headers, { key: "same", body: other });
    assertEquals(response.status, 409);
    await response.body?.cancel();
  }
  assertEquals((await app.services.store.readWallet(ORG)).entries, 2);
});

Deno.test("only a service key with organizations:write adjusts", async () => {
  await using app = await openWalletApp();
  const body = { tokens: 5, reason: "Goodwill" };
  const others = [
    await authorization(),
    (await keyHeaders(app, ["billing:manage", "usage:write"])).headers,
  ];
  for (const headers of others) {
    const response = await adjust(app, headers, { body });
    assertEquals(response.status, 403);
    await response.body?.cancel();
  }
  const anonymous = await adjust(app, {}, { body });
  assertEquals(anonymous.status, 401);
  await anonymous.body?.cancel();
  assertEquals((await app.services.store.readWallet(ORG)).entries, 0);
});

Deno.test("an invalid adjustment is 400", async () => {
  await using app = await openWalletApp();
  const { headers } = await keyHeaders(app);
  const valid = { tokens: 5, reason: "Goodwill" };
  const wrong: AdjustOptions[] = [
    { body: { ...valid, tokens: 0 } },
    { body: { ...valid, tokens: 1.5 } },
    { body: { ...valid, tokens: "5" } },
    { body: { ...valid, tokens: 2 ** 53 } },
    { body: { tokens: 5 } },
    { body: { ...valid, reason: " " } },
    { body: { ...valid, reason: "x".repeat(201) } },
    { body: valid, key: null },
    { body: valid, key: "k".repeat(256) },
  ];
  for (const options of wrong) {
    const response = await adjust(app, headers, options);
    assertEquals(response.status, 400, JSON.stringify(options));
    assertEquals((await response.json()).error, "validation_error");
  }
  assertEquals((await app.services.store.readWallet(ORG)).entries, 0);
});

Deno.test("an adjustment beyond the largest balance is 400 and posts nothing", async () => {
  await using app = await openWalletApp();
  await postTo(app, purchase("checkout:cs_1", 10));
  const { headers } = await keyHeaders(app);
  const body = { tokens: Number.MAX_SAFE_INTEGER, reason: "Too much" };
  const response = await adjust(app, headers, { body });
  assertEquals(response.status, 400);
  assertEquals((await response.json()).error, "validation_error");
  assertEquals((await app.services.store.readWallet(ORG)).purchased, 10);
});
