import type { Services } from "@/lib/services.ts";

/**
 * Returns an organization's time, in milliseconds since the Unix epoch: the
 * present, or with the local Stripe its customer's, whose clock can be
 * advanced.
 *
 * @param stripeCustomerId The organization's customer, or null without one.
 * Read from the store by default, with the local Stripe only.
 */
export async function timeOf(
  { sandbox, store, now }: Pick<Services, "sandbox" | "store" | "now">,
  orgId: string,
  stripeCustomerId?: string | null,
): Promise<number> {
  if (!sandbox?.events) return now();
  const customerId = stripeCustomerId === undefined
    ? (await store.readBilling(orgId, now())).customer?.stripeCustomerId
    : stripeCustomerId;
  return customerId ? await sandbox.events.timeOf(customerId) : now();
}
