import type Stripe from "stripe";
import type { Services } from "@/lib/services.ts";
import { isStripeError } from "./stripe_client.ts";

/**
 * A Checkout session by its id.
 *
 * @returns Null where Stripe has no such session.
 * @throws {Error} What else Stripe's SDK throws.
 */
export async function findSession(
  { stripe }: Pick<Services, "stripe">,
  sessionId: string,
): Promise<Stripe.Checkout.Session | null> {
  const { sessions } = (await stripe()).checkout;
  try {
    return await sessions.retrieve(sessionId);
  } catch (error) {
    if (isStripeError(error) && error.code === "resource_missing") return null;
    throw error;
  }
}

/**
 * Ends an open session, so that nobody can pay by it.
 *
 * @returns False where it was no longer open: it may have been paid.
 * @throws {Error} What else Stripe's SDK throws.
 */
export async function expireSession(
  { stripe }: Pick<Services, "stripe">,
  sessionId: string,
): Promise<boolean> {
  const { sessions } = (await stripe()).checkout;
  try {
    await sessions.expire(sessionId);
    return true;
  } catch (error) {
    if (isStripeError(error) && error.statusCode === 400) return false;
    throw error;
  }
}
