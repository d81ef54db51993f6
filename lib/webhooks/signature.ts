import { createHash, createHmac } from "node:crypto";
import type Stripe from "stripe";
import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { Delivery } from "./receive.ts";

/** How far a signature's time may be from ours, to the past and the future. */
const TOLERANCE_SEC = 300;

/**
 * The event of a delivery that Stripe has signed with one of our secrets.
 *
 * @throws {BillingError} `validation_error` for a signature that is missing,
 * too old, from the future, or by nobody whom we know; and for signed text
 * that is not an event.
 */
export async function verifyEvent(
  services: Services,
  { body, signature }: Delivery,
): Promise<Stripe.Event> {
  const receivedAtMs = services.now();
  const { webhooks } = await services.stripe();
  for (const secret of services.webhookSecrets) {
    const event = tryVerify(() =>
      webhooks.constructEvent(
        body,
        signature,
        secret,
        TOLERANCE_SEC,
        cryptoProvider,
        receivedAtMs,
      )
    );
    if (event !== null) return requireEvent(event);
  }
  throw refused();
}

/**
 * Checks a signature's presence, form and time, before the body is read: a
 * request that fails here costs no memory.
 *
 * @throws {BillingError} `validation_error`.
 */
export function requireSignature(
  { now }: Pick<Services, "now">,
  signature: string | null,
): string {
  const isPlausible = signature !== null && isTimely(signature, now()) &&
    /(?:^|,)v1=[0-9a-f]{64}(?:,|$)/.test(signature);
  if (!isPlausible) throw refused();
  return signature;
}

/** The SDK looks at the past alone, and of several times takes the last. */
function isTimely(signature: string, receivedAtMs: number): boolean {
  const times = signature.split(",").filter((item) => item.startsWith("t="));
  const time = /^t=(\d{1,12})$/.exec(times[0] ?? "")?.[1];
  if (times.length !== 1 || time === undefined) return false;
  return Math.abs(receivedAtMs / 1000 - Number(time)) <= TOLERANCE_SEC;
}

/**
 * The SDK's default for Deno imports a Web Crypto key for each delivery, a
 * quarter of the CPU time that an event takes.
 */
const cryptoProvider: Stripe.CryptoProvider = {
  computeHMACSignature: (payload, secret) =>
    createHmac("sha256", secret).update(payload).digest("hex"),
  computeHMACSignatureAsync: (payload, secret) =>
    Promise.resolve(cryptoProvider.computeHMACSignature(payload, secret)),
  computeSHA256Async: (data) =>
    Promise.resolve(createHash("sha256").update(data).digest()),
};

function tryVerify(verify: () => Stripe.Event): Stripe.Event | null {
  try {
    return verify();
  } catch (error) {
    if (isSignatureError(error)) return null;
    // Signed, and yet no JSON or a thin event: not what we asked Stripe for.
    throw notAnEvent(error);
  }
}

function isSignatureError(error: unknown): boolean {
  return error instanceof Error && "type" in error &&
    error.type === "StripeSignatureVerificationError";
}

/** The id becomes part of a key; Stripe's are a tenth as long. */
function requireEvent(event: Stripe.Event): Stripe.Event {
  const { id, type, data } = event as Partial<Stripe.Event>;
  const whole = typeof id === "string" && /^evt_\w{1,200}$/.test(id) &&
    typeof type === "string" && typeof data?.object === "object";
  if (!whole) throw notAnEvent();
  return event;
}

function notAnEvent(cause?: unknown): BillingError {
  return new BillingError("validation_error", "The body is not an event", {
    cause,
  });
}

function refused(): BillingError {
  return new BillingError("validation_error", "The signature does not count");
}
