import { ApiError } from "../api/errors.ts";
import { findActiveCodes, redemptionOf } from "../billing/redemption.ts";
import type { Context } from "../context.ts";
import {
  CHECKOUT_SESSION,
  type StoredSession,
} from "../store/checkout_session.ts";
import type { Redemption } from "../store/schema.ts";
import { priced, subtotalMinor } from "./session.ts";
import { checkMinimum } from "./session_checks.ts";

/**
 * Applies the promotion code that a customer enters to an open session.
 *
 * @returns The error message for the customer, or `null`.
 */
export async function applyCode(
  context: Context,
  stored: StoredSession,
  code: string,
): Promise<string | null> {
  const { currency, customer, id } = stored.object;
  const found = await findActiveCodes(context, code);
  const usable = found.find((one) => one.customer === customer) ??
    found.find((one) => one.customer === null);
  if (usable === undefined) return "This code is invalid.";
  try {
    const redemption = await redemptionOf(context, usable, {
      amountMinor: subtotalMinor(stored),
      currency: currency ?? "usd",
      customer,
      param: "promotion_code",
    });
    await setRedemption(context, id, redemption);
    return null;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    return error.message;
  }
}

/** Sets or removes the coupon of an open session. */
export async function setRedemption(
  context: Context,
  id: string,
  redemption: Redemption | null,
): Promise<void> {
  await context.store.update(CHECKOUT_SESSION, id, (stored) => {
    if (stored.object.status !== "open") return stored;
    const next = priced(stored, { redemption });
    if (stored.object.mode === "payment") checkMinimum(next.object);
    return next;
  });
}
