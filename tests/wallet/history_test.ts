import * as v from "valibot";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { historyResponse } from "@/lib/http/schemas/wallet.ts";
import {
  authorization,
  memberClaims,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { openWalletApp, postTo } from "@/tests/helpers/wallet_app.ts";
import {
  charge,
  grant,
  purchase,
  refundDebit,
} from "@/tests/helpers/postings.ts";

const PATH = "/api/v1/billing/history";

async function ask(
  app: TestApp,
  query: Record<string, string> = {},
  headers?: HeadersInit,
): Promise<Response> {
  return await app.fetch(`${PATH}?${new URLSearchParams(query)}`, {
    headers: headers ?? await authorization(),
  });
}

async function page(app: TestApp, query: Record<string, string> = {}) {
  const response = await ask(app, query);
  assertEquals(response.status, 200);
  return v.parse(historyResponse, await response.json());
}

async function fill(app: TestApp, charges: number): Promise<void> {
  await postTo(app, purchase("checkout:cs_1", 1_000));
  for (let index = 0; index < charges; index++) {
    await postTo(app, charge(`charge:${index}`));
  }
}

Deno.test("an empty history is one empty page", async () => {
  await using app = await openWalletApp();
  const response = await ask(app);
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Cache-Control"), "no-store");
  assertEquals(await response.json(), { items: [], next_cursor: null });
});

Deno.test("entries are newest first, with negative debits", async () => {
  await using app = await openWalletApp();
  await postTo(app, grant("invoice:in_1", 100));
  await postTo(app, purchase("checkout:cs_1", 50));
  await postTo(app, charge("charge:c", 120));
  await postTo(app, refundDebit("refund:re_1", 50));
  const { items, next_cursor } = await page(app);
  assertEquals(next_cursor, null);
  assertEquals(
    items.map(({ kind, tokens, balance, source }) =>
      `${kind} ${tokens} ${balance} ${source}`
    ),
    [
      "refund -30 0 refund:re_1",
      "charge -120 30 charge:c",
      "purchase 50 150 checkout:cs_1",
      "grant 100 100 invoice:in_1",
    ],
  );
  const { id, at, description } = items[1] ?? {};
  assert(id?.startsWith("le_"));
  assertEquals(at, new Date(app.clock.nowMs).toISOString());
  assertEquals(description, "Usage");
});

Deno.test("pages are complete and stable while entries are added", async () => {
  await using app = await openWalletApp();
  await fill(app, 44);
  const sources: string[] = [];
  let query: Record<string, string> = { limit: "7" };
  for (let added = 0;; added++) {
    const { items, next_cursor } = await page(app, query);
    sources.push(...items.map(({ source }) => source));
    if (next_cursor === null) break;
    await postTo(app, charge(`charge:later${added}`));
    query = { limit: "7", cursor: next_cursor };
  }
  const charges = Array.from(
    { length: 44 },
    (_, index) => `charge:${43 - index}`,
  );
  assertEquals(sources, [...charges, "checkout:cs_1"]);
});

Deno.test("the last page has no cursor", async () => {
  await using app = await openWalletApp();
  await fill(app, 19);
  const { items, next_cursor } = await page(app); // the default limit is 20
  assertEquals([items.length, next_cursor], [20, null]);
  const most = await page(app, { limit: "100" });
  assertEquals(most.items.length, 20);
});

Deno.test("an invalid limit or cursor is 400", async () => {
  await using app = await openWalletApp();
  await fill(app, 3);
  const { next_cursor } = await page(app, { limit: "1" });
  assert(next_cursor);
  const bad: Record<string, string>[] = [
    ...["0", "101", "-1", "1.5", "ten", "", "1e1", "010"].map((limit) => ({
      limit,
    })),
    ...[
      ...["", "1", "4", "%", "x".repeat(65), `${next_cursor}=`, "djEuMA"],
      ...[btoa("v1.01"), btoa("v1.-1"), btoa("v1.9999999999999999"), "é"],
      ` ${next_cursor}`,
    ].map((cursor) => ({ cursor })),
  ];
  for (const query of bad) {
    const response = await ask(app, query);
    assertEquals(response.status, 400, JSON.stringify(query));
    assertEquals((await response.json()).error, "validation_error");
  }
  const { message } = await (await ask(app, { limit: "0" })).json();
  const words = "Invalid limit: expected a whole number from 1 to 100";
  assertEquals(message, words);
  const twice = await app.fetch(`${PATH}?limit=1&limit=2`, {
    headers: await authorization(),
  });
  assertEquals(twice.status, 400);
});

Deno.test("an organization sees only its entries", async () => {
  await using app = await openWalletApp();
  await fill(app, 3);
  const { next_cursor } = await page(app, { limit: "2" });
  const other = await authorization(memberClaims({ orgId: "org_other" }));
  for (const query of [{}, { cursor: next_cursor ?? "" }] as const) {
    const response = await ask(app, query, other);
    assertEquals((await response.json()).items, []);
  }
  assertEquals((await ask(app, {}, {})).status, 401);
});

const DAY_MS = 24 * 60 * 60 * 1000;

/** Posts a charge on each of some days, oldest first. */
async function fillDays(app: TestApp, days: number): Promise<void> {
  await postTo(app, purchase("checkout:cs_1", 1_000));
  for (let day = 0; day < days; day++) {
    await postTo(app, charge(`charge:${day}`));
    app.clock.nowMs += DAY_MS;
  }
  app.clock.nowMs -= DAY_MS;
}

Deno.test("the history is filtered by kind and by days or times", async () => {
  await using app = await openWalletApp();
  const firstMs = app.clock.nowMs;
  await fillDays(app, 30);
  app.clock.nowMs = firstMs;
  const sources = async (query: Record<string, string>) =>
    (await page(app, query)).items.map(({ source }) => source);
  assertEquals(await sources({ kind: "purchase" }), ["checkout:cs_1"]);
  const days = { from: "2026-08-05", to: "2026-08-07" };
  assertEquals(await sources(days), ["charge:4", "charge:3", "charge:2"]);
  const at = (day: number) => new Date(firstMs + day * DAY_MS).toISOString();
  assertEquals(await sources({ from: at(2), to: at(4) }), [
    ...["charge:3", "charge:2"],
  ]);
  assertEquals(await sources({ ...days, kind: "grant" }), []);
  const second = await page(app, { ...days, limit: "2" });
  assertEquals(second.items.length, 2);
  const rest = { ...days, cursor: second.next_cursor ?? "" };
  assertEquals(await sources(rest), ["charge:2"]);
});

Deno.test("a time with a space ends where it says, not a day later", async () => {
  await using app = await openWalletApp();
  const firstMs = app.clock.nowMs;
  await fillDays(app, 3);
  app.clock.nowMs = firstMs;
  const end = new Date(firstMs + DAY_MS).toISOString();
  const to = [end, end.replace("T", " ")];
  const pages = await Promise.all(to.map((to) => page(app, { to })));
  assertEquals(pages[1]?.items, pages[0]?.items);
});

Deno.test("invalid kinds, days and times are 400", async () => {
  await using app = await openWalletApp();
  const invalid = [
    { kind: "bonus" },
    { from: "yesterday" },
    { to: "2026-08-3" },
    { from: "2026-13-01" },
    { to: "2026-02-30" },
    { from: "2026-02-30T00:00:00Z" },
    { from: "2026-08-03T10:00:00+05" },
    { to: "2026-08-03T10:00:00+05" },
    { from: "2025-02-29T12:00:00+01:00" },
  ];
  for (const query of invalid) {
    const response = await ask(app, query);
    assertEquals(response.status, 400, JSON.stringify(query));
    const [field = ""] = Object.keys(query);
    assertMatch(
      (await response.json()).message,
      new RegExp(`^Invalid ${field}:`),
    );
  }
});
