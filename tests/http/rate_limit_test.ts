import { assert, assertEquals, assertMatch } from "@std/assert";
import { RateLimiter } from "@/lib/http/rate_limiter.ts";
import { clientAddress, parseRange } from "@/lib/http/client_address.ts";
import { isAddressRange } from "@/lib/config/addresses.ts";
import { createLog } from "@/lib/log.ts";
import { createStore, openKv, type Store } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import {
  authorization,
  memberClaims,
  openTestApp,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { giveCustomer, ORG } from "@/tests/helpers/app.ts";
import { subscribeAtStripe } from "@/tests/helpers/subscriptions.ts";
import { NOW_MS, sessionToken } from "@/tests/helpers/tokens.ts";

const BALANCE = "/api/v1/billing/invoices";
const PLANS = "/api/v1/plans";

/** Calls until one is refused, up to a maximum. */
async function callsUntilRefused(
  call: () => Promise<Response>,
  most = 2_000,
): Promise<{ allowed: number; refused: Response }> {
  for (let allowed = 0; allowed < most; allowed++) {
    const response = await call();
    if (response.status === 429) return { allowed, refused: response };
    await response.body?.cancel();
  }
  throw new Error("Never refused");
}

async function caller(app: TestApp, orgId = ORG) {
  const headers = await authorization(memberClaims({ orgId }));
  return () => app.fetch(BALANCE, { headers });
}

Deno.test("an organization makes as many calls per minute as its plan allows", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "1" });
  const call = await caller(app);
  const first = await call();
  assertEquals(first.status, 200);
  assertEquals(first.headers.get("RateLimit-Policy"), '"free";q=60;w=60');
  assertEquals(first.headers.get("RateLimit"), '"free";r=59;t=60');
  const { allowed, refused } = await callsUntilRefused(call);
  assertEquals(allowed, 59);
  assertEquals(refused.headers.get("RateLimit"), '"free";r=0;t=60');
  assertEquals(refused.headers.get("Retry-After"), "60");
  assertEquals(refused.headers.get("Cache-Control"), "no-store");
  const { error, message } = await refused.json();
  assertEquals(error, "rate_limited");
  assertEquals(
    message,
    "Too many requests: the limit is 60 per minute (free)",
  );
});

Deno.test("a retry succeeds after Retry-After and not a second earlier", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "1" });
  app.clock.nowMs += 12_345;
  const headers = await authorization();
  const call = () => app.fetch(BALANCE, { headers });
  const { refused } = await callsUntilRefused(call);
  await refused.body?.cancel();
  const seconds = Number(refused.headers.get("Retry-After"));
  app.clock.nowMs += (seconds - 1) * 1000;
  assertEquals((await call()).status, 429);
  app.clock.nowMs += 1000;
  assertEquals((await call()).status, 200);
});

Deno.test("each organization has its plan's limit", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "0.1" });
  await subscribe(app, "org_pro", "pro");
  await subscribe(app, "org_scale", "scale");
  for (const [orgId, quota] of [["org_pro", 30], ["org_scale", 120]] as const) {
    const { allowed, refused } = await callsUntilRefused(
      await caller(app, orgId),
    );
    assertEquals(allowed, quota);
    assertMatch(
      refused.headers.get("RateLimit-Policy") ?? "",
      new RegExp(`^"${orgId.slice(4)}";q=${quota};w=60$`),
    );
    await refused.body?.cancel();
  }
  assertEquals((await (await caller(app))()).status, 200);
});

/** Stores a paid plan as a sync would. */
async function subscribe(
  app: TestApp,
  orgId: string,
  plan: "pro" | "scale",
): Promise<void> {
  const stripeCustomerId = await giveCustomer(app, orgId);
  const { store } = app.services;
  const read = await store.readBilling(orgId, app.clock.nowMs);
  await store.writeSubscription(orgId, {
    stripeCustomerId,
    id: "sub_1",
    itemId: "si_1",
    status: "active",
    plan,
    interval: "month",
    scheduled: null,
    paymentMethod: null,
    price: { id: "price_1", amountMinor: 2900, currency: "usd" },
    currentPeriodEndMs: app.clock.nowMs + 86_400_000,
    cancelAtMs: null,
    trialEndMs: null,
    latestInvoiceId: null,
    readAtMs: app.clock.nowMs,
  }, read);
}

Deno.test("a synced upgrade raises the limit at once", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "1" });
  const call = await caller(app);
  await (await call()).body?.cancel();
  await subscribeAtStripe(app);
  const response = await call();
  assertEquals(response.headers.get("RateLimit-Policy"), '"pro";q=300;w=60');
  await response.body?.cancel();
});

Deno.test("another process's upgrade raises the limit within a minute", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "1" });
  const call = await caller(app);
  await (await call()).body?.cancel();
  await subscribe(app, ORG, "pro");
  app.clock.nowMs += 60_000;
  const response = await (await caller(app))();
  assertEquals(response.headers.get("RateLimit-Policy"), '"pro";q=300;w=60');
  await response.body?.cancel();
});

Deno.test("anonymous calls count against the client address", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "0.1" });
  const wrong = { Authorization: "Bearer nobody" };
  const calls = [
    () => app.fetch(BALANCE, { headers: wrong }),
    () => app.fetch(PLANS),
    () => app.fetch("/api/v1/nothing"),
    () => app.fetch(BALANCE, { method: "OPTIONS" }),
    () => app.fetch(BALANCE, { method: "PUT" }),
    () => app.fetch(BALANCE),
  ];
  const statuses: number[] = [];
  for (const call of calls) {
    const response = await call();
    statuses.push(response.status);
    assertMatch(
      response.headers.get("RateLimit") ?? "",
      new RegExp(`^"anonymous";r=${6 - statuses.length};t=60$`),
    );
    await response.body?.cancel();
  }
  assertEquals(statuses, [401, 200, 404, 204, 405, 401]);
  for (const call of calls) {
    const response = await call();
    assertEquals(response.status, 429);
    assertEquals(response.headers.get("Retry-After"), "60");
    await response.body?.cancel();
  }
  // Authenticated callers have a separate limit.
  assertEquals((await (await caller(app))()).status, 200);
});

Deno.test("a user without organization counts against the client address", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "1" });
  const headers = await authorization({});
  const response = await app.fetch(BALANCE, { headers });
  assertEquals(response.status, 400);
  assertMatch(response.headers.get("RateLimit") ?? "", /^"anonymous";r=59/);
});

Deno.test("probes and webhooks are not rate-limited", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "0.01" });
  const webhook = { method: "POST", body: "{}" };
  for (let call = 0; call < 5; call++) {
    const answers = [
      await app.fetch("/healthz"),
      await app.fetch("/readyz"),
      await app.fetch("/api/v1/webhooks/stripe", webhook),
    ];
    assertEquals(answers.map(({ status }) => status), [200, 200, 400]);
    for (const answer of answers) {
      assertEquals(answer.headers.get("RateLimit"), null);
      await answer.body?.cancel();
    }
  }
});

Deno.test("the OpenAPI document counts against the client address", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "1" });
  const response = await app.fetch("/openapi.json");
  assertEquals(response.status, 200);
  assertMatch(response.headers.get("RateLimit") ?? "", /^"anonymous";r=59/);
  await response.body?.cancel();
});

Deno.test("a limit of 0 disables the limit", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "0" });
  const call = await caller(app);
  for (let calls = 0; calls < 100; calls++) {
    const response = await call();
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("RateLimit"), null);
    await response.body?.cancel();
  }
});

Deno.test("a rate-limited portal link shows a page", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "0.01" });
  const Cookie = `__session=${await sessionToken({ claims: memberClaims() })}`;
  const visit = () =>
    app.fetch("/api/v1/operations/payment/customer-portal", {
      headers: { Accept: "text/html", Cookie },
    });
  await (await visit()).body?.cancel();
  const response = await visit();
  assertEquals(response.status, 429);
  assertMatch(response.headers.get("Content-Type") ?? "", /^text\/html/);
  assertEquals(response.headers.get("Retry-After"), "60");
  assertEquals(response.headers.get("RateLimit"), '"free";r=0;t=60');
  assertMatch(await response.text(), /Too many requests/);
});

Deno.test("64 concurrent callers count like sequential ones", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "1" });
  const call = await caller(app);
  const answers = await Promise.all(Array.from({ length: 100 }, call));
  const allowed = answers.filter(({ status }) => status === 200).length;
  assertEquals(allowed, 60);
  await Promise.all(answers.map(({ body }) => body?.cancel()));
});

/** Two rate limiters on one store file, as in two processes. */
async function twoProcesses(
  quota: number,
  run: (
    one: RateLimiter,
    other: RateLimiter,
    stores: Store[],
    warnings: string[],
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const stores: Store[] = [];
  for (let process = 0; process < 2; process++) {
    stores.push(
      createStore(await openKv(`${folder}/kv.sqlite3`), applyPosting),
    );
  }
  const warnings: string[] = [];
  const log = createLog({
    level: "warn",
    format: "json",
    write: (line) => warnings.push(line),
  });
  const [one, other] = stores.map((store) =>
    new RateLimiter({ name: "free", quota }, { store, now: () => NOW_MS, log })
  );
  try {
    assert(one && other);
    await run(one, other, stores, warnings);
  } finally {
    stores.forEach((store) => store.close());
    await Deno.remove(folder, { recursive: true });
  }
}

async function allowedOf(allowances: RateLimiter[], quota: number) {
  let allowed = 0;
  for (let call = 0; call < quota * 2; call++) {
    const taken = await Promise.all(allowances.map((one) => one.consume(ORG)));
    allowed += taken.filter((one) => one.allowed).length;
  }
  return allowed;
}

for (const quota of [60, 300, 1_200]) {
  Deno.test(`two processes on one store stay within 10 % of ${quota}`, async () => {
    await twoProcesses(quota, async (one, other) => {
      const allowed = await allowedOf([one, other], quota);
      assert(Math.abs(allowed - quota) <= quota / 10, `${allowed}`);
    });
  });

  Deno.test(`with concurrent calls, two processes stay within 10 % of ${quota}`, async () => {
    // A limiter whose store stays locked counts alone, which is logged.
    for (let attempt = 1, countedAlone = true; countedAlone; attempt++) {
      assert(attempt <= 5, "the store was locked in every attempt");
      await twoProcesses(quota, async (one, other, _stores, warnings) => {
        const calls = Array.from(
          { length: quota * 2 },
          (_, call) => (call % 2 === 0 ? one : other).consume(ORG),
        );
        const results = await Promise.all(calls);
        const allowed = results.filter((result) => result.allowed).length;
        countedAlone = warnings.length > 0;
        assert(
          countedAlone || Math.abs(allowed - quota) <= quota / 10,
          `${allowed}`,
        );
      });
    }
  });

  Deno.test(`a caller who switches processes stays within ${quota}`, async () => {
    await twoProcesses(quota, async (one, other) => {
      const first = await allowedOf([one], quota);
      const second = await allowedOf([other], quota);
      assertEquals(first, quota);
      assert(second <= quota / 10, `${second}`);
    });
  });
}

for (const quota of [1, 2, 7, 31, 59, 100]) {
  Deno.test(`one process is exact with ${quota} and reports the remainder`, async () => {
    await twoProcesses(quota, async (one) => {
      const taken = [];
      for (let call = 0; call < quota + 3; call++) {
        taken.push(await one.consume(ORG));
      }
      assertEquals(
        taken.map(({ allowed, remaining }) => [allowed, remaining]),
        taken.map((_, call) => [call < quota, Math.max(0, quota - call - 1)]),
      );
    });
  });
}

Deno.test("unflushed calls of a process are few", async () => {
  await twoProcesses(60, async (one, other) => {
    for (let call = 0; call < 5; call++) await one.consume(ORG);
    const allowed = 5 + await allowedOf([other], 60);
    assert(allowed >= 54 && allowed <= 66, `${allowed}`);
  });
});

Deno.test("few calls cost no write, and many cost thirty", async () => {
  await twoProcesses(1_200, async (one, _, stores) => {
    let writes = 0;
    for (const store of stores) {
      const add = store.addCalls;
      store.addCalls = (made) => (writes++, add(made));
    }
    for (let call = 0; call < 40; call++) await one.consume(ORG);
    assertEquals(writes, 0);
    for (let call = 40; call < 2_400; call++) await one.consume(ORG);
    assert(writes <= 30, `${writes}`);
  });
});

Deno.test("a failing store allows calls", async () => {
  const lines: string[] = [];
  const log = createLog({
    level: "warn",
    format: "json",
    write: (line) => lines.push(line),
  });
  const store = { addCalls: () => Promise.reject(new Error("disk full")) };
  const policy = { name: "free", quota: 60 };
  const allowance = new RateLimiter(policy, { store, log, now: () => NOW_MS });
  assertEquals(await allowedOf([allowance], 60), 60);
  assertEquals(lines.length, 1);
});

const trusted = ["10.0.0.0/8", "fd00::/8", "192.0.2.1"].map(parseRange);

const ADDRESSES: [peer: string, forwarded: string | null, counted: string][] = [
  ["203.0.113.9", null, "203.0.113.9"],
  // A client cannot forge its address.
  ["203.0.113.9", "198.51.100.7", "203.0.113.9"],
  ["10.0.0.1", "198.51.100.7", "198.51.100.7"],
  ["192.0.2.1", "198.51.100.7", "198.51.100.7"],
  // Entries left of the first untrusted address may be forged.
  ["10.0.0.1", "1.1.1.1, 198.51.100.7, 10.2.2.2", "198.51.100.7"],
  ["10.0.0.1", "10.3.3.3", "10.3.3.3"],
  ["10.0.0.1", null, "10.0.0.1"],
  ["10.0.0.1", "unknown", "10.0.0.1"],
  ["10.0.0.1", "198.51.100.7, garbage", "10.0.0.1"],
  ["10.0.0.1", "198.51.100.7:4711", "198.51.100.7"],
  ["::ffff:10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7"],
  ["fd00::1", "[2001:db8:1:2:3:4:5:6]:443", "20010db800010002"],
  ["2001:db8:1:2:ffff::9", null, "20010db800010002"],
  ["", null, "unknown"],
];
for (const [peer, forwarded, counted] of ADDRESSES) {
  Deno.test(`a call from ${peer || "nowhere"} for ${forwarded} counts for ${counted}`, () => {
    assertEquals(clientAddress({ peer, forwarded, trusted }), counted);
  });
}

Deno.test("an invalid address range is refused", () => {
  const wrong = ["10.0.0.0/33", "10/8", "::/129", "proxy", "0x7f.1", ""];
  const more = ["10.0.0.256", "1.2.3.4/", "1.2.3.4/8/8", "[::1]", "fe80::1%e"];
  for (const text of [...wrong, ...more]) {
    assertEquals(isAddressRange(text), false, text);
  }
  for (const text of ["10.0.0.0/8", "::1", "fd00::/8", "::ffff:1.2.3.4/128"]) {
    assert(isAddressRange(text), text);
    assertEquals(parseRange(text).length, 2);
  }
});

Deno.test("the anonymous limit uses the address from a trusted proxy", async () => {
  await using app = await openTestApp({
    RATE_LIMIT_SCALE: "0.01",
    TRUSTED_PROXY: "127.0.0.1/32, ::1",
  });
  const from = async (address: string) => {
    const headers = { "X-Forwarded-For": address };
    const response = await app.fetch(PLANS, { headers });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await from("198.51.100.1"), 200);
  assertEquals(await from("198.51.100.1"), 429);
  assertEquals(await from("198.51.100.2"), 200);
  assertEquals(await from("2001:db8:1:2::1"), 200);
  assertEquals(await from("2001:db8:1:2::2"), 429);
});
