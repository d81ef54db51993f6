import { broken } from "./shadow.ts";
import { customersOf, send } from "./users.ts";
import type { OrgLog, World } from "./world.ts";

const ENDED = ["canceled", "incomplete_expired"];

interface Subscription {
  customer: string;
  status: string;
}

/** What holds for an organization at any time, whatever has gone wrong. */
export function checkOrg(world: World, org: OrgLog): void {
  const { stripe } = world;
  const customers = customersOf(stripe, org);
  for (const customer of customers) org.customers.add(customer);
  noteLink(world, org, customers);
  const live = stripe.all<Subscription>("subscription")
    .filter(({ customer, status }) =>
      customers.includes(customer) && !ENDED.includes(status)
    );
  if (live.length > 1) {
    throw broken(`${org.id} has ${live.length} live subscriptions`);
  }
  if (customers.length > 1) {
    throw broken(`${org.id} has ${customers.length} customers`);
  }
  checkCharges(world, org);
}

function noteLink(
  { scheduler, shadow }: World,
  org: OrgLog,
  customers: readonly string[],
): void {
  if (org.linkedAtMs !== Infinity) return;
  const isLinked = customers.some((id) =>
    shadow.get("organization", id) === org.id
  );
  if (isLinked) org.linkedAtMs = scheduler.nowMs;
}

/** Each acknowledged charge is durable, and each stored one was made once. */
function checkCharges({ shadow }: World, org: OrgLog): void {
  if (shadow.isDeleted(org.id)) return;
  const charges = shadow.ledger(org.id).filter(({ kind }) => kind === "charge");
  const ids = new Set(charges.map(({ id }) => id));
  for (const [key, { entryId }] of org.acknowledged) {
    if (!ids.has(entryId)) throw broken(`${key} of ${org.id} was lost`);
  }
  if (charges.length > org.attempted.size) {
    throw broken(`${org.id} was charged more often than it asked`);
  }
}

/** API keys work until they are revoked, and not longer. */
export async function checkKeys(world: World, org: OrgLog): Promise<void> {
  for (const { id, secret, revoked } of org.keys) {
    const path = "/api/v1/account/balance";
    const answer = await send(world, org, path, { bearer: secret });
    const expected = revoked || org.deleted ? 401 : 200;
    if (answer?.status !== expected) {
      throw broken(`API key ${id} of ${org.id}: ${answer?.status}`);
    }
  }
}
