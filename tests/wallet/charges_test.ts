import * as v from "valibot";
import { assert, assertEquals } from "@std/assert";
import { createApiKey } from "@/lib/auth/api_keys.ts";
import type { Scope } from "@/lib/store/api_keys.ts";
import {
  chargeResponse,
  shortfallResponse,
} from "@/lib/http/schemas/wallet.ts";
import {
  authorization,
  memberClaims,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import {
  chargeByApi,
  fillWallet,
  openWalletApp,
} from "@/tests/helpers/wallet_app.ts";

/** API keys do not expire when a test moves the clock. */
async function keyHeaders(
  { services }: TestApp,
  scopes: Scope[],
): Promise<HeadersInit> {
  const { key } = await createApiKey(services, {
    orgId: ORG,
    createdBy: "user_1",
    name: "Test",
    scopes,
  });
  return { Authorization: `Bearer ${key}` };
}

async function total({ services }: TestApp): Promise<number> {
  const { granted, purchased } = await services.store.readWallet(ORG);
  return granted + purchased;
}

function statuses(responses: readonly Response[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of responses) {
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

Deno.test("a charge debits tokens and answers 201", async () => {
  await using app = await openWalletApp();
  await fillWallet(app, 10);
  const response = await chargeByApi(app, { body: { tokens: 3 } });
  assertEquals(response.status, 201);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  const { id, ...rest } = v.parse(chargeResponse, await response.json());
  assert(id.startsWith("le_"));
  assertEquals(rest, { tokens: 3, balance: 7 });
  assertEquals(await total(app), 7);
});

Deno.test("64 concurrent charges on a balance of 10: 10 succeed, 54 are 402", async () => {
  await using app = await openWalletApp();
  await fillWallet(app, 10);
  const responses = await Promise.all(
    Array.from({ length: 64 }, () => chargeByApi(app)),
  );
  assertEquals(statuses(responses), { 201: 10, 402: 54 });
  assertEquals(await total(app), 0);
});

Deno.test("the same Idempotency-Key 64 times charges once", async () => {
  await using app = await openWalletApp();
  await fillWallet(app, 10);
  const responses = await Promise.all(
    Array.from({ length: 64 }, () => chargeByApi(app, { key: "one" })),
  );
  assertEquals(statuses(responses), { 201: 1, 200: 63 });
  const bodies = await Promise.all(responses.map((answer) => answer.text()));
  assertEquals(new Set(bodies).size, 1);
  assertEquals(await total(app), 9);
});

Deno.test("a replay returns the first response after later charges", async () => {
  await using app = await openWalletApp();
  await fillWallet(app, 10);
  const body = { tokens: 3, description: "A picture" };
  const first = await (await chargeByApi(app, { key: "one", body })).json();
  await chargeByApi(app);
  app.clock.nowMs += 86_400_000 - 1;
  const headers = await keyHeaders(app, ["usage:write"]);
  const again = await chargeByApi(app, { key: "one", body, headers });
  assertEquals(again.status, 200);
  assertEquals(await again.json(), first);
  assertEquals(await total(app), 6);
});

Deno.test("a key may be reused after 24 hours", async () => {
  await using app = await openWalletApp();
  await fillWallet(app, 10);
  await chargeByApi(app, { key: "one" });
  app.clock.nowMs += 86_400_000;
  const headers = await keyHeaders(app, ["usage:write"]);
  const body = { tokens: 2 };
  const anew = await chargeByApi(app, { key: "one", body, headers });
  assertEquals(anew.status, 201);
  assertEquals(await total(app), 7);
});

Deno.test("the same key with another body is 409 and charges nothing", async () => {
  await using app = await openWalletApp();
  await fillWallet(app, 10);
  await chargeByApi(app, { key: "one", body: { tokens: 1 } });
  for (const body of [{ tokens: 2 }, { tokens: 1, description: "Other" }]) {
    const response = await chargeByApi(app, { key: "one", body });
    assertEquals(response.status, 409);
    assertEquals((await response.json()).error, "conflict");
  }
  assertEquals(await total(app), 9);
});

Deno.test("402 shows balance, shortfall, top-up link and who may buy", async () => {
  await using app = await openWalletApp();
  await fillWallet(app, 10);
  const refused = await chargeByApi(app, { key: "big", body: { tokens: 11 } });
  assertEquals(refused.status, 402);
  const answer = v.parse(shortfallResponse, await refused.json());
  assertEquals(answer, {
    error: "insufficient_balance",
    message: "Cannot charge wallet: balance is 10, required 11",
    balance: 10,
    required: 11,
    top_up_url: `${app.services.config.frontendUrl}/account#credits`,
    may_top_up: true,
  });
  const headers = await keyHeaders(app, ["usage:write"]);
  const byKey = await chargeByApi(app, { body: { tokens: 11 }, headers });
  assertEquals(byKey.status, 402);
  assertEquals((await byKey.json()).may_top_up, false);
  assertEquals(await total(app), 10);
});

Deno.test("a refused charge succeeds once there are tokens", async () => {
  await using app = await openWalletApp();
  await fillWallet(app, 10);
  const big = { key: "big", body: { tokens: 1_005 } };
  assertEquals((await chargeByApi(app, big)).status, 402);
  app.clock.nowMs += 31 * 86_400_000; // the free plan's next month
  const headers = await keyHeaders(app, ["usage:write"]);
  assertEquals((await chargeByApi(app, { ...big, headers })).status, 201);
  assertEquals(await total(app), 5);
});

Deno.test("the first charge of a month includes the month's grant", async () => {
  await using app = await openWalletApp();
  const response = await chargeByApi(app, { body: { tokens: 400 } });
  assertEquals(response.status, 201);
  assertEquals((await response.json()).balance, 600);
});

const BAD_BODIES: unknown[] = [
  {},
  { tokens: 0 },
  { tokens: -1 },
  { tokens: 1.5 },
  { tokens: "1" },
  { tokens: 2 ** 53 },
  { tokens: null },
  { tokens: 1, description: "" },
  { tokens: 1, description: "x".repeat(201) },
  { tokens: 1, description: 7 },
  [],
  "1",
];
Deno.test("an invalid body is 400 and charges nothing", async () => {
  await using app = await openWalletApp();
  for (const body of BAD_BODIES) {
    const response = await chargeByApi(app, { body });
    assertEquals(response.status, 400, JSON.stringify(body));
    assertEquals((await response.json()).error, "validation_error");
  }
  assertEquals(await total(app), 0);
});

Deno.test("an Idempotency-Key of 1 to 255 characters is required", async () => {
  await using app = await openWalletApp();
  for (const key of [null, "", "x".repeat(256)]) {
    const response = await chargeByApi(app, { key });
    assertEquals(response.status, 400);
    const { message } = await response.json();
    assert(message.includes("Idempotency-Key"), message);
  }
  const longest = await chargeByApi(app, { key: "x".repeat(255) });
  assertEquals(longest.status, 201);
});

Deno.test("idempotency keys are per organization", async () => {
  await using app = await openWalletApp();
  const other = await authorization(memberClaims({ orgId: "org_other" }));
  const ours = await chargeByApi(app, { key: "one" });
  const theirs = await chargeByApi(app, { key: "one", headers: other });
  assertEquals([ours.status, theirs.status], [201, 201]);
});

Deno.test("only an admin, or a key with usage:write, may charge", async () => {
  await using app = await openWalletApp();
  const member = await authorization(memberClaims({ role: "member" }));
  const reader = await keyHeaders(app, ["billing:read", "billing:manage"]);
  for (const headers of [member, reader]) {
    const response = await chargeByApi(app, { headers });
    assertEquals(response.status, 403);
    assertEquals((await response.json()).error, "forbidden");
  }
  assertEquals((await chargeByApi(app, { headers: {} })).status, 401);
  const none = await authorization({});
  assertEquals((await chargeByApi(app, { headers: none })).status, 400);
  assertEquals(await total(app), 0);
  const writer = await keyHeaders(app, ["usage:write"]);
  assertEquals((await chargeByApi(app, { headers: writer })).status, 201);
});

Deno.test("charges accept POST only", async () => {
  await using app = await openWalletApp();
  const response = await app.fetch("/api/v1/billing/charges");
  assertEquals(response.status, 405);
  assertEquals(response.headers.get("Allow"), "POST, OPTIONS");
});
