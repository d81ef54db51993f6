import { createStore, openKv } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { key } from "@/lib/store/keys.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import { compare, row } from "./figures.ts";

const SMALL = 1_000;
const LARGE = 1_000_000;
const READS = 2_000;
/** Three keys each; Deno KV allows 1,000 writes per commit. */
const ORGANIZATIONS_PER_COMMIT = 300;

/** Compares reads in a store of a million and of a thousand organizations. */
export async function growth(folder: string): Promise<void> {
  const large = `${folder}/large.sqlite3`;
  const small = `${folder}/small.sqlite3`;
  await seed(large, LARGE);
  await seed(small, SMALL);
  const compared = await compare({
    ours: () => microsecondsPerRead(large, LARGE),
    theirs: () => microsecondsPerRead(small, SMALL),
  });
  console.log(
    row("Reads among 1,000,000, beside 1,000", "µs", "≤ 1.2", compared),
  );
}

async function seed(path: string, count: number): Promise<void> {
  const kv = await openKv(path);
  for (let first = 0; first < count; first += ORGANIZATIONS_PER_COMMIT) {
    const commit = kv.atomic();
    const last = Math.min(first + ORGANIZATIONS_PER_COMMIT, count);
    for (let index = first; index < last; index++) {
      const orgId = `org_bench${index}`;
      const stripeCustomerId = `cus_bench${index}`;
      commit
        .set(key.customer(orgId), { stripeCustomerId, createdAtMs: 1 })
        .set(key.organization(stripeCustomerId), orgId)
        .set(key.subscription(orgId), subscriptionOf(stripeCustomerId));
    }
    await commit.commit();
  }
  kv.close();
}

function subscriptionOf(stripeCustomerId: string): Subscription {
  return {
    stripeCustomerId,
    id: "sub_bench",
    itemId: "si_bench",
    status: "active",
    plan: "pro",
    interval: "month",
    price: { id: "price_bench", amountMinor: 2_900, currency: "usd" },
    currentPeriodEndMs: 1,
    cancelAtMs: null,
    trialEndMs: null,
    scheduled: null,
    paymentMethod: { brand: "visa", last4: "4242" },
    latestInvoiceId: "in_bench",
    readAtMs: 1,
  };
}

/** Reads a customer and its billing at a time, spread over the store. */
async function microsecondsPerRead(
  path: string,
  count: number,
): Promise<number> {
  const store = createStore(await openKv(path), applyPosting);
  const step = 7_919; // a prime, so that reads are spread
  const startedMs = performance.now();
  for (let read = 0; read < READS; read++) {
    const index = read * step % count;
    await store.readOrganization(`cus_bench${index}`);
    await store.readBilling(`org_bench${index}`, 0);
  }
  const tookMs = performance.now() - startedMs;
  store.close();
  return tookMs * 1_000 / READS;
}
