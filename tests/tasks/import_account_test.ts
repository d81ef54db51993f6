import { assert, assertEquals } from "@std/assert";
import { BillingError } from "@/lib/errors.ts";
import { runImport } from "@/tasks/import.ts";
import { openTestApp, type TestApp } from "@/tests/helpers/app.ts";
import { openCheckout } from "@/tests/helpers/checkout_page.ts";
import { priceOf } from "@/tests/helpers/subscriptions.ts";

/** `IMPORT_CUSTOMERS=10000` measures a large account. */
const CUSTOMERS = Number(Deno.env.get("IMPORT_CUSTOMERS") ?? 100);
const APPLY = { apply: true, grants: true, paceMs: 0 };

/** One customer of each kind in ten; `org` is the organization's id. */
interface Dirt {
  customer: string;
  kind: number;
  orgId: string;
}

const KINDS = [
  "subscribed",
  "subscribed, named by the subscription",
  "without a subscription",
  "in the map only",
  "half of two customers",
  "half of two customers, subscribed",
  "of two organizations",
  "of no organization",
  "subscribed to an unknown price",
  "with a former metadata key",
] as const;

function orgIdOf(index: number): string {
  const pair = index % 10 === 5 ? index - 1 : index;
  return `org_${pair}`;
}

async function createAccount(app: TestApp): Promise<Dirt[]> {
  const stripe = await app.services.stripe();
  const pro = await priceOf(app, "pro_month");
  const { id: founders } = await stripe.prices.create({
    currency: "usd",
    unit_amount: 700,
    recurring: { interval: "month" },
    product_data: { name: "Founders" },
  });
  const made: Dirt[] = [];
  for (let index = 0; index < CUSTOMERS; index++) {
    const kind = index % KINDS.length;
    const orgId = orgIdOf(index);
    const { id: customer } = await stripe.customers.create({
      metadata: metadataOf(kind, orgId),
      payment_method: "pm_card_visa",
    });
    if ([0, 1, 5, 8].includes(kind)) {
      const { data: [card] } = await stripe.customers.listPaymentMethods(
        customer,
      );
      await stripe.subscriptions.create({
        customer,
        items: [{ price: kind === 8 ? founders : pro }],
        default_payment_method: card?.id ?? "",
        metadata: kind === 1 ? { organization: orgId } : {},
      });
    }
    made.push({ customer, kind, orgId });
  }
  return made;
}

function metadataOf(kind: number, orgId: string): Record<string, string> {
  switch (kind) {
    case 1:
    case 3:
    case 7:
      return {};
    case 6:
      return { organization: orgId, tenant_id: `${orgId}_b` };
    case 9:
      return { tenant_id: orgId };
    default:
      return { organization: orgId };
  }
}

/** Subscribed customers of the kinds that an import can link. */
const PAYING = [0, 1, 8];
const AMBIGUOUS = [4, 5, 6];

/** The result of choosing Pro on the plans page. */
async function choosePlan(
  { services }: TestApp,
  orgId: string,
): Promise<"checkout" | "portal" | "conflict"> {
  const choice = { plan: "pro", interval: "month" } as const;
  try {
    const url = await openCheckout(services, { orgId, choice });
    return url.includes("/p/session/") ? "portal" : "checkout";
  } catch (error) {
    if (error instanceof BillingError && error.code === "conflict") {
      return "conflict";
    }
    throw error;
  }
}

async function countCustomers({ services }: TestApp): Promise<number> {
  const stripe = await services.stripe();
  let count = 0;
  for await (const _ of stripe.customers.list({ limit: 100 })) count += 1;
  return count;
}

Deno.test(`an account of ${CUSTOMERS} customers is imported without a second customer or subscription`, async () => {
  const keys = "organization,tenant_id";
  await using app = await openTestApp({ STRIPE_CUSTOMER_METADATA_KEY: keys });
  const account = await createAccount(app);
  const map = account.filter(({ kind }) => kind === 3)
    .map(({ orgId, customer }) => ({ orgId, customerId: customer }));
  const startedMs = performance.now();
  const { rows, applied } = await runImport(app.services, { ...APPLY, map });
  const seconds = (performance.now() - startedMs) / 1000;
  const megabytes = Deno.memoryUsage().rss / 2 ** 20;
  if (CUSTOMERS > 1_000) {
    console.log(`${seconds.toFixed(1)} s, ${megabytes.toFixed()} MiB`);
  }

  const tenth = CUSTOMERS / KINDS.length;
  const count = (status: string) =>
    rows.filter((row) => row.status === status).length;
  assertEquals(applied, { linked: 6 * tenth, failed: 0 });
  assertEquals(count("matched"), 6 * tenth);
  assertEquals(count("unmatched"), tenth);
  assertEquals(count("unknown price"), tenth);
  const ambiguous = new Set(
    rows.filter(({ status }) => status === "ambiguous")
      .map(({ customerId }) => customerId),
  );
  const expected = account.filter(({ kind }) => AMBIGUOUS.includes(kind));
  assertEquals(ambiguous, new Set(expected.map(({ customer }) => customer)));

  for (const { kind, orgId } of account) {
    if (kind === 7) continue; // its organization is unknown
    const outcome = await choosePlan(app, orgId);
    const paying = PAYING.includes(kind) ? "portal" : "checkout";
    assertEquals(
      outcome,
      AMBIGUOUS.includes(kind) ? "conflict" : paying,
      `${KINDS[kind]}`,
    );
  }
  assertEquals(await countCustomers(app), CUSTOMERS);
  const { applied: again } = await runImport(app.services, { ...APPLY, map });
  assertEquals(again, { linked: 0, failed: 0 });
  assert(megabytes < 2_000, `${megabytes} MiB`);
});
