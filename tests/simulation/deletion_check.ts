import { broken } from "./shadow.ts";
import { customersOf, send } from "./users.ts";
import type { OrgLog, World } from "./world.ts";

interface Owned {
  id: string;
  customer: string | null;
  status: string;
  created: number;
}

/** Nothing is stored or billed for a deleted organization. */
export async function checkDeleted(world: World, org: OrgLog): Promise<void> {
  const { shadow, stripe } = world;
  const kept = shadow.keysOf(org.id);
  if (kept.length > 0) throw broken(`${org.id} was deleted, but has ${kept}`);
  const linked = customersOf(stripe, org);
  if (linked.length > 0) throw broken(`${org.id} was deleted, not ${linked}`);
  for (const { id, status } of unended(world, org)) {
    throw broken(`${org.id} was deleted, but ${id} is ${status}`);
  }
  checkRefunds(world, org);
  const answer = await send(world, org, "/api/v1/account/balance");
  if (answer?.status !== 404) {
    throw broken(`${org.id} was deleted, and its balance is ${answer?.status}`);
  }
}

/**
 * Objects by which a customer would still be asked to pay. A customer that the
 * operator has deleted at Stripe is asked no more, though an invoice is open.
 */
function unended({ stripe }: World, org: OrgLog): Owned[] {
  const customers = org.customers.difference(new Set(org.deletedCustomers));
  const of = (type: string, ended: readonly string[]) =>
    stripe.all<Owned>(type).filter(({ customer, status }) =>
      customers.has(customer ?? "") && !ended.includes(status)
    );
  return [
    ...of("subscription", ["canceled", "incomplete_expired"]),
    ...of("checkout.session", ["complete", "expired"]),
    ...of("invoice", ["paid", "void", "uncollectible"]),
  ];
}

interface Charge extends Owned {
  paid: boolean;
  disputed: boolean;
}

/** A payment after the deletion is refunded, unless a dispute holds it. */
function checkRefunds({ shadow, stripe }: World, org: OrgLog): void {
  const tombstone = shadow.get<{ requestedAtMs: number }>("deleted", org.id);
  const refunded = new Set(
    stripe.all<{ charge: string }>("refund").map(({ charge }) => charge),
  );
  for (const { id, customer, created, ...charge } of chargesOf(stripe)) {
    if (!org.customers.has(customer ?? "")) continue;
    const isLate = created * 1_000 >= (tombstone?.requestedAtMs ?? Infinity);
    if (isLate && charge.paid && !charge.disputed && !refunded.has(id)) {
      throw broken(`${org.id} was deleted, but paid ${id}`);
    }
  }
}

function chargesOf(stripe: World["stripe"]): Charge[] {
  return stripe.all<Charge>("charge");
}
