import type { Services } from "@/lib/services.ts";

/**
 * Returns an organization's time, in milliseconds since the Unix epoch: the
 * present, or with the local Stripe its customer's, whose clock can be
 * advanced.
 */
export async function timeOf(
  { sandbox, store, now }: Pick<Services, "sandbox" | "store" | "now">,
  orgId: string,
): Promise<number> {
  if (!sandbox?.events) return now();
  const { customer } = await store.readBilling(orgId, now());
  if (customer === null) return now();
  return await sandbox.events.timeOf(customer.stripeCustomerId);
}
