import { BillingError } from "./errors.ts";
import type { Services } from "./services.ts";
import type { StoredCustomer } from "./store.ts";

/**
 * The organization's customer at Stripe, from the store alone: one read.
 *
 * @throws {BillingError} `no_stripe_customer` if the organization has none.
 */
export async function requireCustomer(
  { store }: Pick<Services, "store">,
  orgId: string,
): Promise<StoredCustomer> {
  const customer = await store.readCustomer(orgId);
  if (customer === null) throw noCustomer(orgId);
  return customer;
}

/** What a caller hears who has no customer, or has one no longer. */
export function noCustomer(orgId: string, cause?: unknown): BillingError {
  return new BillingError(
    "no_stripe_customer",
    `Stripe customer for organization ${orgId} not found`,
    { cause },
  );
}

/**
 * Whether Stripe says of an answer's cause that the customer which we named
 * is deleted or was never there.
 *
 * Not so for a customer of the other mode: that is a key and a store which do
 * not belong together, and forgetting would lose what is only out of sight.
 */
export function isMissingCustomer(error: unknown): boolean {
  return error instanceof Error && "code" in error && "param" in error &&
    error.code === "resource_missing" && error.param === "customer" &&
    !error.message.includes("a similar object exists in");
}
