import {
  type ExpectedGrant,
  type ExpectedReversal,
  freeGrant,
  invoiceGrant,
  ModelWallet,
  monthsLater,
  type PlanLine,
  planLines,
  purchases,
  reversals,
  type StripeObjects,
  yearlyGrant,
} from "./model.ts";
import { broken, type EntryRecord, type WalletRecord } from "./shadow.ts";
import { checkPages } from "./page_check.ts";
import { customersOf } from "./users.ts";
import type { OrgLog, World } from "./world.ts";

/** Compares an organization's store, API and pages with Stripe's objects. */
export async function checkModel(world: World, org: OrgLog): Promise<void> {
  const expected = expectationOf(world, org);
  checkLedger(world, org, expected);
  checkComplete(world, org, expected);
  await checkPages(world, org);
}

interface Expectation {
  objects: StripeObjects;
  /** The plan lines of the paid invoices, by invoice. */
  paid: Map<string, PlanLine[]>;
  bought: Map<string, number>;
  reversals: ExpectedReversal[];
}

function expectationOf({ stripe }: World, org: OrgLog): Expectation {
  const objects: StripeObjects = {
    prices: stripe.all("price"),
    invoices: stripe.all("invoice"),
    sessions: stripe.all("checkout.session"),
    refunds: stripe.all("refund"),
    disputes: stripe.all("dispute"),
  };
  const customers = [...customersOf(stripe, org), ...org.deletedCustomers];
  const paid = objects.invoices
    .filter(({ customer, status }) =>
      customers.includes(customer) && status === "paid"
    )
    .map((invoice): [string, PlanLine[]] => [
      invoice.id,
      planLines(objects, invoice),
    ]);
  const bought = purchases(objects, customers);
  return {
    objects,
    paid: new Map(paid),
    bought,
    reversals: reversals(objects, bought),
  };
}

/** Replays the ledger: each entry has a cause, and the tokens of that cause. */
function checkLedger(
  { shadow }: World,
  org: OrgLog,
  expected: Expectation,
): void {
  const model = new ModelWallet();
  let expired = 0;
  for (const entry of shadow.ledger(org.id)) {
    const fail = (why: string) =>
      broken(`${org.id}: ${entry.kind} ${entry.source}: ${why}`);
    if (entry.kind === "expiry") {
      if (entry.granted !== 0 - expired) {
        throw fail(`${0 - entry.granted} expire, expected ${expired}`);
      }
      expired = 0;
      continue;
    }
    if (expired !== 0) throw fail(`${expired} must have expired before it`);
    if (entry.kind === "grant") {
      const grant = grantOf(entry, expected);
      if (grant === null) throw fail("Stripe knows no cause");
      if (Math.abs(entry.granted - grant.tokens) > 1) {
        throw fail(`grants ${entry.granted}, expected ${grant.tokens}`);
      }
      expired = model.grant({ ...grant, tokens: entry.granted });
    } else {
      checkPurchased(entry, { org, model, expected, fail });
    }
  }
  const wallet = shadow.get<WalletRecord>("wallet", org.id);
  const { granted = 0, purchased = 0 } = wallet ?? {};
  if (granted !== model.granted || purchased !== model.purchased) {
    throw broken(
      `${org.id} has ${granted} + ${purchased} tokens, expected ${model.granted} + ${model.purchased}`,
    );
  }
}

function grantOf(
  { source }: EntryRecord,
  { paid }: Expectation,
): ExpectedGrant | null {
  const [kind, id = "", day] = source.split(":");
  if (kind === "free") return freeGrant(id);
  if (kind === "invoice") return invoiceGrant(paid.get(id) ?? []);
  if (kind !== "month" || day === undefined) return null;
  const lines = [...paid.values()].flat()
    .filter(({ subscription }) => subscription === id);
  const starts = lines.filter(({ interval }) => interval === "year")
    .flatMap(({ endMs }) => monthsBefore(endMs));
  const startMs = starts.find((one) =>
    new Date(one).toISOString().startsWith(day)
  );
  return startMs === undefined ? null : yearlyGrant(lines, startMs);
}

function monthsBefore(endMs: number): number[] {
  return Array.from(
    { length: 12 },
    (_, month) => monthsLater(endMs, 0 - month),
  );
}

interface Replay {
  org: OrgLog;
  model: ModelWallet;
  expected: Expectation;
  fail: (why: string) => Error;
}

function checkPurchased(
  entry: EntryRecord,
  { org, model, expected, fail }: Replay,
): void {
  const [, id = ""] = entry.source.split(":");
  if (entry.kind === "charge") {
    const tokens = 0 - entry.granted - entry.purchased;
    if (![...org.attempted.values()].includes(tokens)) {
      throw fail(`takes ${tokens}, which was not asked`);
    }
    const granted = Math.min(tokens, model.granted);
    if (entry.granted !== 0 - granted) {
      throw fail("takes purchased tokens first");
    }
    model.charge(tokens);
    return;
  }
  const wanted = wantedChange(entry, id, { model, expected });
  if (wanted !== entry.purchased) {
    throw fail(`changes ${entry.purchased}, expected ${wanted}`);
  }
  model.purchased += wanted ?? 0;
}

function wantedChange(
  { kind, source }: EntryRecord,
  id: string,
  { model, expected }: Pick<Replay, "model" | "expected">,
): number | null {
  if (kind === "purchase") return expected.bought.get(id) ?? null;
  const undone = source.replace(/^undone:/, "");
  const reversal = expected.reversals.find((one) => one.source === undone);
  if (reversal === undefined) return null;
  if (kind === "refund") {
    const taken = Math.min(reversal.tokens, model.purchased);
    model.taken.set(source, taken);
    return 0 - taken;
  }
  return kind === "adjustment" ? model.taken.get(undone) ?? null : null;
}

/** Nothing that Stripe knows is missing from the ledger. */
function checkComplete(
  { shadow, stripe }: World,
  org: OrgLog,
  { objects, paid, bought, reversals }: Expectation,
): void {
  const ledger = shadow.ledger(org.id);
  const has = (source: string) => ledger.some((one) => one.source === source);
  const current = customersOf(stripe, org);
  const isCurrent = (customer: string | null | undefined) =>
    current.includes(customer ?? "");
  const missing = (source: string) =>
    broken(`${org.id}: ${source} is missing in the ledger`);
  for (const { id, customer, created } of objects.invoices) {
    const grant = invoiceGrant(paid.get(id) ?? []);
    if (grant === null || !isCurrent(customer)) continue;
    // An import grants the tokens of the current period, not of earlier ones.
    if (created * 1_000 < (org.linkedAtMs ?? 0)) continue;
    if (!has(`invoice:${id}`)) throw missing(`invoice:${id}`);
  }
  for (const { id, customer } of objects.sessions) {
    if (!bought.has(id) || !isCurrent(customer)) continue;
    if (!has(`checkout:${id}`)) throw missing(`checkout:${id}`);
  }
  for (const { source, tokens, state } of reversals) {
    const taken = ledger.find((one) => one.source === source);
    const undone = has(`undone:${source}`);
    if (org.deletedCustomers.length > 0 || tokens === 0) continue;
    if (state === "taken" && (taken === undefined || undone)) {
      throw missing(source);
    }
    if (state === "restored" && taken && taken.purchased < 0 && !undone) {
      throw missing(`undone:${source}`);
    }
  }
}
