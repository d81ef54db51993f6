import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  authorization,
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";

/** Free: 6 API calls per minute, so 12 pages; anonymous: 6. */
const TENTH = { RATE_LIMIT_SCALE: "0.1" };
const BALANCE = "/api/v1/account/balance";

async function ask(
  app: TestApp,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = { Accept: "text/html", ...await authorization() };
  return await app.fetch(path, { redirect: "manual", headers, ...init });
}

async function statusOf(response: Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}

async function assertRefusedAsPage(response: Response): Promise<void> {
  assertEquals(response.status, 429);
  assertMatch(response.headers.get("Content-Type") ?? "", /^text\/html/);
  assertEquals(response.headers.get("Retry-After"), "60");
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assertMatch(await response.text(), /Too many requests/);
}

Deno.test("pages have twice the API's limit and a separate count", async () => {
  await using app = await openTestApp(TENTH);
  for (let visit = 0; visit < 12; visit++) {
    assertEquals(await statusOf(ask(app, "/organization")), 200);
  }
  const refused = await ask(app, "/organization");
  assertEquals(refused.headers.get("RateLimit"), '"free_pages";r=0;t=60');
  await assertRefusedAsPage(refused);
  for (let call = 0; call < 6; call++) {
    assertEquals(await statusOf(ask(app, BALANCE)), 200);
  }
  assertEquals(await statusOf(ask(app, BALANCE)), 429);
  app.clock.nowMs += 60_000;
  assertEquals(await statusOf(ask(app, "/account/credentials")), 200);
});

Deno.test("the plan sets the page limit", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "0.01" });
  await storeSubscription(app, { plan: "pro" });
  const statuses = [];
  for (let visit = 0; visit < 7; visit++) {
    statuses.push(await statusOf(ask(app, "/organization")));
  }
  assertEquals(statuses, [200, 200, 200, 200, 200, 200, 429]);
});

const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

/** Every page that calls Stripe or writes. */
const COUNTED: [path: string, form?: Record<string, string>][] = [
  ["/organization"],
  ["/account"],
  ["/account/credentials"],
  ["/organization/change?plan=pro&interval=month"],
  ["/organization/invoice"],
  ["/account/invoice?source=invoice:in_1"],
  ["/organization/check", {}],
  ["/account/credentials", { name: "Key", scopes: "billing:read" }],
  ["/account/credentials", { revoke: "key_1" }],
];
for (const [path, form] of COUNTED) {
  const method = form ? "POST" : "GET";
  Deno.test(`${method} ${path} ${JSON.stringify(form ?? {})} is rate-limited`, async () => {
    await using app = await openTestApp({ RATE_LIMIT_SCALE: "0.01" });
    await giveCustomer(app);
    const call = async () =>
      await ask(app, path, {
        method,
        headers: { Accept: "text/html", ...FORM, ...await authorization() },
        ...(form && { body: new URLSearchParams(form) }),
      });
    assert(await statusOf(call()) < 400);
    assert(await statusOf(call()) < 400);
    app.stripe.controls.reset();
    const keys = (await app.services.store.listApiKeys(ORG)).length;
    await assertRefusedAsPage(await call());
    assertEquals(app.stripe.controls.requests, []);
    const left = (await app.services.store.listApiKeys(ORG)).length;
    assertEquals(left, keys);
  });
}

const ANONYMOUS: [path: string, init?: RequestInit][] = [
  ["/pricing"],
  ["/organization"],
  ["/account"],
  ["/organization/invoice"],
  ["/organization/check", { method: "POST" }],
];
for (const [path, init] of ANONYMOUS) {
  Deno.test(`signed out, ${path} counts against the client address`, async () => {
    await using app = await openTestApp(TENTH);
    const call = () =>
      app.fetch(path, { headers: { Accept: "text/html" }, ...init });
    for (let visit = 0; visit < 6; visit++) {
      assert(await statusOf(call()) !== 429);
    }
    await assertRefusedAsPage(await call());
    assertEquals(await statusOf(ask(app, "/organization")), 200);
  });
}

/** The keys of each store read during a request. */
async function readsOf(
  app: TestApp,
  request: () => Promise<unknown>,
): Promise<string[]> {
  const { kv } = app;
  const reads: string[] = [];
  const { get, getMany } = kv;
  kv.get = ((key: Deno.KvKey) => {
    reads.push(key.join(" "));
    return get.call(kv, key);
  }) as typeof get;
  kv.getMany = ((keys: Deno.KvKey[]) => {
    reads.push(keys.map((key) => key.join(" ")).join(", "));
    return getMany.call(kv, keys);
  }) as typeof getMany;
  await request();
  Object.assign(kv, { get, getMany });
  return reads.filter((keys) => keys.includes(`subscription ${ORG}`));
}

for (
  const path of [
    "/organization",
    "/organization/change?plan=scale&interval=month",
  ]
) {
  Deno.test(`the limit and ${path} share one read`, async () => {
    await using app = await openTestApp();
    await storeSubscription(app);
    const billing =
      `customer ${ORG}, subscription ${ORG}, portal_opened ${ORG}`;
    const visit = () => visitPage(app, path);
    assertEquals(await readsOf(app, visit), [billing]);
    // With a cached plan, the same batch may have the tombstone.
    const [again = "", ...more] = await readsOf(app, visit);
    assertEquals(again.replace(`, deleted ${ORG}`, ""), billing);
    assertEquals(more, []);
  });
}

Deno.test("a limit of 0 disables the page limit", async () => {
  await using app = await openTestApp({ RATE_LIMIT_SCALE: "0" });
  for (let visit = 0; visit < 130; visit++) {
    assertEquals(await statusOf(app.fetch("/pricing")), 200);
  }
});
