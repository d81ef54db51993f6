import * as v from "valibot";
import { assert, assertEquals } from "@std/assert";
import { verifyLedgers } from "@/lib/wallet/ledger_verify.ts";
import {
  balanceResponse,
  chargeResponse,
  historyResponse,
} from "@/lib/http/schemas/wallet.ts";
import { createStore, openKv } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { ORG } from "@/tests/helpers/app.ts";
import {
  turnOf,
  type TwoProcesses,
  withTwoProcesses,
} from "@/tests/helpers/two_processes.ts";

const BALANCE = "/api/v1/account/balance";
const CHARGES = "/api/v1/billing/charges";
const CHECKOUT = "/api/v1/operations/payment/checkout";
const CREDENTIALS = "/api/v1/account/credentials";

type Call = TwoProcesses["call"];

async function balanceOf(call: Call, process: 0 | 1): Promise<number> {
  const answer = await (await call(process, BALANCE)).json();
  return v.parse(balanceResponse, answer).tokens.total;
}

function charge(call: Call, process: 0 | 1, key: string, tokens = 1) {
  const headers = { "Idempotency-Key": key };
  return call(process, CHARGES, { body: { tokens }, headers });
}

/**
 * Leaves this many of the month's tokens, with one process granting and the
 * other charging.
 */
async function leaveTokens(call: Call, tokens: number): Promise<void> {
  const rest = await balanceOf(call, 0) - tokens;
  const { status } = await charge(call, 1, "the rest", rest);
  assertEquals(status, 201);
  assertEquals(await balanceOf(call, 0), tokens);
}

/** 64 concurrent calls, alternating between the processes. */
async function callsAtOnce(
  make: (process: 0 | 1, index: number) => Promise<Response>,
): Promise<{ counts: Record<number, number>; bodies: string[] }> {
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, index) => make(turnOf(index), index)),
  );
  const bodies = await Promise.all(answers.map((answer) => answer.text()));
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return { counts, bodies };
}

/** The complete ledger, newest first, with pages from alternating processes. */
async function readLedger(call: Call) {
  const entries: v.InferOutput<typeof historyResponse>["items"] = [];
  let cursor: string | null = "";
  for (let page = 0; cursor !== null; page++) {
    const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const path = `/api/v1/billing/history?limit=5${query}`;
    const answer = await (await call(turnOf(page), path)).json();
    const { items, next_cursor } = v.parse(historyResponse, answer);
    entries.push(...items);
    cursor = next_cursor;
  }
  return entries;
}

/** Runs `deno task ledger:verify` in a third process. */
async function verify(kvPath: string) {
  const store = createStore(await openKv(kvPath), applyPosting);
  try {
    return await verifyLedgers(store);
  } finally {
    store.close();
  }
}

Deno.test("two processes debit 10 of 64 charges, ten times, and the ledger adds up", () =>
  withTwoProcesses(async ({ call, kvPath }) => {
    await leaveTokens(call, 10);
    const { counts } = await callsAtOnce((process, index) =>
      charge(call, process, `key_${index}`)
    );
    assertEquals(counts, { 201: 10, 402: 54 });
    const balances = [await balanceOf(call, 0), await balanceOf(call, 1)];
    assertEquals(balances, [0, 0]);
    const entries = await readLedger(call);
    assertEquals(
      entries.map(({ tokens }) => tokens),
      [...Array<number>(10).fill(-1), -990, 1_000],
    );
    let sum = 0;
    for (const { tokens, balance } of entries.toReversed()) {
      sum += tokens;
      assertEquals(balance, sum);
    }
    assertEquals(sum, 0);
    assertEquals(new Set(entries.map(({ id }) => id)).size, 12);
    assertEquals(await verify(kvPath), {
      wallets: 1,
      entries: 12,
      differences: [],
    });
  }));

Deno.test("the same Idempotency-Key 64 times in two processes charges once", () =>
  withTwoProcesses(async ({ call, kvPath }) => {
    await leaveTokens(call, 10);
    const { counts, bodies } = await callsAtOnce((process) =>
      charge(call, process, "one", 3)
    );
    assertEquals(counts, { 200: 63, 201: 1 });
    assertEquals(new Set(bodies).size, 1);
    const { tokens, balance } = v.parse(
      chargeResponse,
      JSON.parse(bodies[0] ?? ""),
    );
    assertEquals([tokens, balance], [3, 7]);
    assertEquals(await balanceOf(call, 1), 7);
    assertEquals((await verify(kvPath)).differences, []);
  }));

Deno.test("64 concurrent first checkouts in two processes create one customer and one session", () =>
  withTwoProcesses(async ({ call, stripe }) => {
    const { counts, bodies } = await callsAtOnce((process) =>
      call(process, CHECKOUT, { body: { credits: "small" } })
    );
    assertEquals(counts, { 200: 64 });
    const made = stripe.controls.requests.filter(({ method, path }) =>
      method === "POST" && path === "/v1/customers"
    );
    assertEquals(made.map(({ status }) => status), [200]);
    const customers = await listAt(stripe, "/v1/customers");
    assertEquals(customers.map(({ metadata }) => metadata), [
      { organization: ORG },
    ]);
    const urls = new Set(bodies.map((body) => JSON.parse(body).url));
    assertEquals(urls.size, 1);
    const sessions = await listAt(stripe, "/v1/checkout/sessions");
    const open = sessions.filter(({ status }) => status === "open");
    assertEquals(open.map(({ url }) => url), [...urls]);
  }));

const atStripe = v.object({
  data: v.array(v.looseObject({
    metadata: v.record(v.string(), v.string()),
    status: v.optional(v.string()),
    url: v.optional(v.nullable(v.string())),
  })),
});

/** Lists objects of the local Stripe account. */
async function listAt({ fetch }: TwoProcesses["stripe"], path: string) {
  const response = await fetch(`https://api.stripe.com${path}?limit=100`, {
    headers: { Authorization: "Bearer sk_test_two" },
  });
  return v.parse(atStripe, await response.json()).data;
}

Deno.test("a key revoked in one process is refused by the other at once", () =>
  withTwoProcesses(async ({ call }) => {
    for (const [one, other] of [[0, 1], [1, 0]] as const) {
      const body = { name: "Reader", scopes: ["billing:read"] };
      const made = await call(one, CREDENTIALS, { body });
      assertEquals(made.status, 201);
      const { id, key } = await made.json();
      const headers = { Authorization: `Bearer ${key}` };
      const statusAt = async (process: 0 | 1) => {
        const response = await call(process, BALANCE, { headers });
        await response.body?.cancel();
        return response.status;
      };
      assertEquals([await statusAt(other), await statusAt(one)], [200, 200]);
      const path = `${CREDENTIALS}/${id}`;
      const revoked = await call(one, path, { method: "DELETE" });
      assertEquals(revoked.status, 204);
      assertEquals([await statusAt(other), await statusAt(one)], [401, 401]);
    }
  }));

/** Rate limit windows are minutes of the clock. */
function currentWindow(): number {
  return Math.floor(Date.now() / 60_000);
}

/** Repeats calls that were interrupted by a new window. */
async function withinOneWindow<T>(
  run: (attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    const window = currentWindow();
    const result = await run(attempt);
    if (currentWindow() === window) return result;
  }
  throw new Error("The calls took more than a minute, five times in a row");
}

/** Calls one after the other; every refusal has a Retry-After. */
async function countAllowed(
  calls: number,
  make: (index: number) => Promise<Response>,
): Promise<number> {
  let allowed = 0;
  for (let index = 0; index < calls; index++) {
    const response = await make(index);
    await response.body?.cancel();
    if (response.status === 200) {
      allowed++;
      continue;
    }
    assertEquals(response.status, 429);
    const seconds = Number(response.headers.get("Retry-After"));
    assert(seconds >= 1 && seconds <= 60, `${seconds}`);
  }
  return allowed;
}

function assertWithin10Percent(allowed: number, quota: number): void {
  assert(Math.abs(allowed - quota) <= quota / 10, `${allowed} of ${quota}`);
}

for (const [quota, scale] of [[60, "1"], [300, "5"]] as const) {
  Deno.test(`two processes allow ${quota} calls per minute, within 10 %`, () =>
    withTwoProcesses(async ({ call }) => {
      const alternating = await withinOneWindow((attempt) =>
        countAllowed(
          2 * quota,
          (index) => call(turnOf(index), BALANCE, { orgId: `org_a${attempt}` }),
        )
      );
      assertWithin10Percent(alternating, quota);
      const moving = await withinOneWindow(async (attempt) => {
        const orgId = `org_b${attempt}`;
        const first = await countAllowed(
          2 * quota,
          () => call(0, BALANCE, { orgId }),
        );
        return first + await countAllowed(
          quota,
          () => call(1, BALANCE, { orgId }),
        );
      });
      assertWithin10Percent(moving, quota);
    }, { RATE_LIMIT_SCALE: scale }));
}
