import type { Services } from "@/lib/services.ts";
import { retrieveOrNull } from "./stripe_client.ts";

/** Stripe has none of the customers that the store links to organizations. */
export class UnknownCustomerError extends Error {
  override name = "UnknownCustomerError";
  constructor(customers: string, options?: ErrorOptions) {
    super(
      `Stripe has ${customers}, not even as deleted: STRIPE_SECRET_KEY ` +
        "probably belongs to another account or mode. If it is the right key, " +
        "unlink the customer with `deno task organization unlink`",
      options,
    );
  }
}

/**
 * Reports whether a Stripe call failed because the customer in its parameters
 * was deleted.
 *
 * Stripe keeps the ids of deleted customers. A key of another account or mode
 * finds none of the store's customers, which must not be forgotten then.
 *
 * @throws {UnknownCustomerError} If Stripe does not have the customer at all.
 * @throws {Error} Any other error from the Stripe SDK.
 */
export async function isDeletedCustomer(
  services: Services,
  stripeCustomerId: string,
  error: unknown,
): Promise<boolean> {
  if (!isMissingCustomer(error)) return false;
  const state = await readState(services, stripeCustomerId);
  if (state !== "unknown") return state === "deleted";
  throw new UnknownCustomerError(`no customer ${stripeCustomerId}`, {
    cause: error,
  });
}

function isMissingCustomer(error: unknown): boolean {
  return error instanceof Error && "code" in error && "param" in error &&
    error.code === "resource_missing" && error.param === "customer";
}

/** Reports whether Stripe has a customer, deleted or not. */
export async function isKnownCustomer(
  services: Services,
  stripeCustomerId: string,
): Promise<boolean> {
  return await readState(services, stripeCustomerId) !== "unknown";
}

async function readState(
  { stripe }: Services,
  stripeCustomerId: string,
): Promise<"present" | "deleted" | "unknown"> {
  const { customers } = await stripe();
  const customer = await retrieveOrNull(customers.retrieve(stripeCustomerId));
  if (customer === null) return "unknown";
  return customer.deleted ? "deleted" : "present";
}

/** Linked customers that are looked up until Stripe has one of them. */
const SAMPLE_SIZE = 20;

/**
 * Checks that the secret key is for the account of the linked customers.
 *
 * @returns False if no customer is linked yet.
 * @throws {UnknownCustomerError} If Stripe has none of the first customers.
 * @throws {Error} Any other error from the Stripe SDK or the store.
 */
export async function checkLinkedAccount(services: Services): Promise<boolean> {
  const page = { limit: SAMPLE_SIZE, cursor: null };
  const { customers } = await services.store.listCustomers(page);
  for (const { stripeCustomerId } of customers) {
    if (await isKnownCustomer(services, stripeCustomerId)) return true;
  }
  if (customers.length === 0) return false;
  throw new UnknownCustomerError("none of the store's first customers");
}
