import { assertEquals } from "@std/assert";
import { deleteOrganization } from "@/lib/billing/organization_deletion.ts";
import { reconcile } from "@/lib/reconcile.ts";
import { runImport } from "@/tasks/import.ts";
import type { IntervalName, PlanName } from "./steps.ts";
import { customersOf } from "./users.ts";
import type { OrgLog, World } from "./world.ts";

interface Charge {
  id: string;
  customer: string | null;
  payment_intent: string | null;
  amount_captured: number;
  amount_refunded: number;
  paid: boolean;
  created: number;
}

/** Refunds the organization's newest pack, in the Dashboard. */
export async function refundPack(
  { stripe }: World,
  org: OrgLog,
  { half }: { half: boolean },
): Promise<void> {
  const packs = sessionIntents(stripe, org);
  const charge = stripe.all<Charge>("charge")
    .filter(({ paid, payment_intent: intent }) =>
      paid && packs.has(intent ?? "")
    )
    .toSorted((a, b) => b.created - a.created)
    .find((one) => one.amount_refunded < one.amount_captured);
  if (charge === undefined) return;
  const left = charge.amount_captured - charge.amount_refunded;
  await stripe.call("POST", "/v1/refunds", {
    charge: charge.id,
    ...(half && left > 1 && { amount: String(Math.floor(left / 2)) }),
  });
}

interface Session {
  customer: string | null;
  mode: string;
  payment_intent: string | null;
}

function sessionIntents(
  stripe: World["stripe"],
  org: OrgLog,
): ReadonlySet<string> {
  const customers = customersOf(stripe, org);
  return new Set(
    stripe.all<Session>("checkout.session")
      .filter(({ customer, mode }) =>
        mode === "payment" && customers.includes(customer ?? "")
      )
      .flatMap(({ payment_intent: intent }) => intent ?? []),
  );
}

/** Answers an open dispute of a pack; losing evidence loses it. */
export async function answerDispute(
  { stripe }: World,
  org: OrgLog,
  { evidence }: { evidence: "winning" | "losing" },
): Promise<void> {
  const packs = sessionIntents(stripe, org);
  const dispute = stripe.all<
    { id: string; status: string; payment_intent: string | null }
  >("dispute").find(({ status, payment_intent: intent }) =>
    status === "needs_response" && packs.has(intent ?? "")
  );
  if (dispute === undefined) return;
  await stripe.call("POST", `/v1/disputes/${dispute.id}`, {
    "evidence[uncategorized_text]": `${evidence}_evidence`,
  });
}

export async function deleteCustomer(
  { stripe }: World,
  org: OrgLog,
): Promise<void> {
  const [customer] = customersOf(stripe, org);
  if (customer === undefined) return;
  org.deletedCustomers.push(customer);
  await stripe.call("DELETE", `/v1/customers/${customer}`);
}

/** Replaces the monthly price of Pro; subscriptions keep the former one. */
export async function changePrices({ stripe }: World): Promise<void> {
  const current = stripe.all<
    { id: string; product: string; lookup_key: string; unit_amount: number }
  >("price").find((price) => price.lookup_key === "pro_month");
  if (current === undefined) return;
  await stripe.call("POST", "/v1/prices", {
    product: current.product,
    currency: "usd",
    unit_amount: String(current.unit_amount + 100),
    "recurring[interval]": "month",
    lookup_key: "pro_month",
    transfer_lookup_key: "true",
  });
}

/** Subscribes an organization that Portico does not know yet. */
export async function subscribeAtStripe(
  { stripe }: World,
  org: OrgLog,
  { plan, interval }: { plan: PlanName; interval: IntervalName },
): Promise<void> {
  org.linkedAtMs = Infinity;
  const { body: customer } = await stripe.call("POST", "/v1/customers", {
    "metadata[organization]": org.id,
    payment_method: "pm_card_visa",
    "invoice_settings[default_payment_method]": "pm_card_visa",
  });
  const price = stripe.all<{ id: string; lookup_key: string | null }>("price")
    .find((one) => one.lookup_key === `${plan}_${interval}`);
  const { body: subscription } = await stripe.call(
    "POST",
    "/v1/subscriptions",
    { customer: customer.id, "items[0][price]": price?.id ?? "" },
  );
  assertEquals(subscription.status, "active");
}

/** Deletes an organization, on any process. */
export async function removeOrganization(
  world: World,
  org: OrgLog,
): Promise<void> {
  const process = world.anyProcess();
  await process?.run(() => deleteOrganization(process.services, org.id));
}

/** The nightly reconciliation, on any process. */
export async function sweep(world: World): Promise<void> {
  const process = world.anyProcess();
  await process?.run(() => reconcile(process.services));
}

/** `deno task import --apply`, on any process. */
export async function importAccount(world: World): Promise<void> {
  const process = world.anyProcess();
  const options = { apply: true, grants: true };
  await process?.run(() => runImport(process.services, options));
}

/** Awaits a task of the operator, which faults may make fail. */
export async function tryOut(
  { scheduler }: World,
  work: Promise<void>,
): Promise<void> {
  try {
    await work;
  } catch (error) {
    scheduler.note(`  failed: ${error}`);
  }
}
