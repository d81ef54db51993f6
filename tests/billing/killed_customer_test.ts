import * as v from "valibot";
import { assert, assertEquals } from "@std/assert";
import { createStore, openKv } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import type { LocalStripe } from "local-stripe";
import { ORG } from "@/tests/helpers/app.ts";
import {
  startAlone,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";
import { storeIn } from "@/tests/helpers/kv_server.ts";
import {
  environmentOf,
  openStripe,
  requireCaller,
  type TwoProcesses,
} from "@/tests/helpers/two_processes.ts";
import { concurrentTests } from "@/tests/helpers/concurrent.ts";
import { until } from "@/tests/helpers/until.ts";

const test = concurrentTests();

const CHECKOUT = "/api/v1/operations/payment/checkout";

/** From the crash until another process has the customer. */
const RECOVERED_WITHIN_MS = 15_000;
/** A two-second wait for the claim, with slack for a busy machine. */
const REFUSED_WITHIN_MS = 4_000;

interface Creation {
  call: TwoProcesses["call"];
  /** The first caller's response, or null if the connection broke. */
  first: Promise<Response | null>;
  owner: Deno.ChildProcess;
  /** The customers at Stripe, and the linked one. */
  customers(): Promise<{ atStripe: string[]; linked: string | undefined }>;
}

/** Starts two processes and waits until the first creates a customer. */
function whileCreating(
  delayMs: number,
  use: (creation: Creation) => Promise<void>,
): Promise<void> {
  return withFolder(async (folder) => {
    await using stored = await storeIn(folder);
    const { kvPath } = stored;
    const stripe = await openStripe();
    try {
      const env = await environmentOf(stripe.url, kvPath);
      await using one = await startAlone(env);
      await using other = await startAlone(env);
      await Promise.all([one, other].map(untilServed));
      const call = requireCaller([one, other]);
      const path = "/v1/customers";
      const slow = { kind: "slow", method: "POST", path, delayMs } as const;
      stripe.local.controls.fail(slow);
      const first = checkOut(call, 0).catch(() => null);
      await untilClaimed(kvPath);
      await use({
        call,
        first,
        owner: one.process,
        customers: async () => ({
          atStripe: await customersAt(stripe.local),
          linked: await linkedIn(kvPath),
        }),
      });
    } finally {
      await stripe.close();
    }
  });
}

for (const delayMs of [400, 3_000]) {
  test(`a process killed while Stripe takes ${delayMs} ms leaves one customer`, () =>
    whileCreating(delayMs, async ({ call, first, owner, customers }) => {
      owner.kill("SIGKILL");
      assertEquals(await first, null);
      const killedAt = performance.now();
      await untilCheckedOut(call);
      const took = performance.now() - killedAt;
      assert(took < RECOVERED_WITHIN_MS, `took ${took} ms`);
      const { atStripe, linked } = await customers();
      assertEquals(atStripe, [linked]);
    }));
}

test("a process that resumes after SIGSTOP finds the other's customer", () =>
  whileCreating(400, async ({ call, first, owner, customers }) => {
    owner.kill("SIGSTOP");
    try {
      await untilCheckedOut(call);
    } finally {
      owner.kill("SIGCONT");
    }
    const response = await first;
    await response?.body?.cancel();
    assertEquals(response?.status, 200);
    const { atStripe, linked } = await customers();
    assertEquals(atStripe, [linked]);
  }));

function checkOut(call: TwoProcesses["call"], process: 0 | 1) {
  return call(process, CHECKOUT, { body: { credits: "small" } });
}

/** Resolves once the owner has claimed and waits for Stripe. */
async function untilClaimed(kvPath: string): Promise<void> {
  const kv = await Deno.openKv(kvPath);
  await until(async () => (await kv.get(["customer", ORG])).value !== null);
  kv.close();
  await wait(100);
}

/** Retries at the remaining process as `Retry-After` says. */
async function untilCheckedOut(call: TwoProcesses["call"]): Promise<void> {
  for (;;) {
    const beganAt = performance.now();
    const response = await checkOut(call, 1);
    const answer = await response.json();
    if (response.status === 200) return;
    const took = performance.now() - beganAt;
    assertEquals(response.status, 503, JSON.stringify(answer));
    assert(took < REFUSED_WITHIN_MS, `took ${took} ms`);
    await wait(1_000 * Number(response.headers.get("Retry-After")));
  }
}

/** The linked customer in the store. */
async function linkedIn(kvPath: string): Promise<string | undefined> {
  const store = createStore(await openKv(kvPath), applyPosting);
  try {
    return (await store.readCustomer(ORG))?.stripeCustomerId;
  } finally {
    store.close();
  }
}

const atStripe = v.object({ data: v.array(v.object({ id: v.string() })) });

async function customersAt({ fetch }: LocalStripe): Promise<string[]> {
  const response = await fetch("https://api.stripe.com/v1/customers", {
    headers: { Authorization: "Bearer sk_test_two" },
  });
  return v.parse(atStripe, await response.json()).data.map(({ id }) => id);
}

function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
