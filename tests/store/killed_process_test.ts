import { assert, assertEquals } from "@std/assert";
import { verifyLedgers } from "@/lib/wallet/ledger_verify.ts";
import { findPlan } from "@/lib/billing/plans.ts";
import { createStore, openKv, type Store } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { storeIn } from "@/tests/helpers/kv_server.ts";
import { memberClaims, ORG } from "@/tests/helpers/app.ts";
import {
  type Served,
  startAlone,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";
import { APP_URL, sessionToken, testKey } from "@/tests/helpers/tokens.ts";
import { purchase } from "@/tests/helpers/postings.ts";

const CALLERS = 32;
const CHARGES = 2_000;
const TOKENS = 3;

Deno.test("a process killed during charges loses and doubles none", () =>
  withFolder(async (folder) => {
    await using stored = await storeIn(folder);
    const { kvPath } = stored;
    await withStore(kvPath, async (store) => {
      const plenty = purchase("checkout:cs_1", CHARGES * TOKENS);
      await store.post(ORG, plenty, Date.now());
    });
    const answered = await chargeUntilKilled(kvPath);
    const before = await withStore(kvPath, entriesOfCharges);
    // An unanswered charge may or may not be in the ledger.
    assert(before >= answered, `${before} of ${answered}`);
    assert(before < CHARGES, `${before}: it was killed too late`);

    await using again = await startAlone(await environment(kvPath));
    await untilServed(again);
    const statuses = await chargeAll(again, () => {});
    const made = statuses.filter((status) => status === 201).length;
    const repeated = statuses.filter((status) => status === 200).length;
    assertEquals([made, repeated], [CHARGES - before, before]);
    await withStore(kvPath, async (store) => {
      assertEquals(await entriesOfCharges(store), CHARGES);
      const { granted, purchased } = await store.readWallet(ORG);
      // Purchased tokens were used after the free month's.
      assertEquals([granted, purchased], [0, findPlan("free")?.tokensPerMonth]);
      assertEquals((await verifyLedgers(store)).differences, []);
    });
  }));

/** @returns The number of charges answered before the kill. */
async function chargeUntilKilled(kvPath: string): Promise<number> {
  await using served = await startAlone(await environment(kvPath));
  await untilServed(served);
  let answered = 0;
  await chargeAll(served, () => {
    answered += 1;
    if (answered === CHARGES / 10) served.process.kill("SIGKILL");
  });
  return answered;
}

/**
 * Sends all charges with distinct keys and limited concurrency.
 *
 * @returns Their statuses, 0 for unanswered requests.
 */
async function chargeAll(
  { url }: Served,
  onAnswer: () => void,
): Promise<number[]> {
  const claims = memberClaims();
  const token = await sessionToken({ claims, nowMs: Date.now() });
  const statuses: number[] = [];
  const keys = Array.from({ length: CHARGES }, (_, index) => `key_${index}`)
    .values();
  await Promise.all(Array.from({ length: CALLERS }, async () => {
    for (const key of keys) {
      const status = await charge(`${url}/api/v1/billing/charges`, token, key);
      statuses.push(status);
      if (status === 201) onAnswer();
    }
  }));
  return statuses;
}

async function charge(
  url: string,
  token: string,
  key: string,
): Promise<number> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "Authorization": `Bearer ${token}`,
        "Content-Type": "application/json",
        "Idempotency-Key": key,
      },
      body: JSON.stringify({ tokens: TOKENS }),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    if (error instanceof TypeError) return 0; // the process has ended
    throw error;
  }
}

async function environment(kvPath: string): Promise<Record<string, string>> {
  return {
    APP_URL,
    AUTH_JWT_KEY: (await testKey()).pem,
    KV_PATH: kvPath,
    RATE_LIMIT_SCALE: "0",
    STRIPE_SECRET_KEY: "sk_test_1",
    STRIPE_WEBHOOK_SECRET: "whsec_1",
  };
}

async function withStore<T>(
  kvPath: string,
  use: (store: Store) => Promise<T>,
): Promise<T> {
  const store = createStore(await openKv(kvPath), applyPosting);
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

async function entriesOfCharges(store: Store): Promise<number> {
  let count = 0;
  for (let beforeSeq = Infinity;;) {
    const page = await store.listEntries(ORG, { limit: 500, beforeSeq });
    count += page.filter(({ kind }) => kind === "charge").length;
    const last = page.at(-1);
    if (last === undefined) return count;
    beforeSeq = last.seq;
  }
}
