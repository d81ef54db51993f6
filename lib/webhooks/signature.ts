import { createHash, createHmac } from "node:crypto";
import type Stripe from "stripe";
import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";

/** The path of the webhook endpoint. */
export const WEBHOOK_PATH = "/api/v1/webhooks/stripe";

/** A request to the webhook endpoint. */
export interface Delivery {
  /** The raw body: the signature does not match re-serialized JSON. */
  body: string;
  /** The `Stripe-Signature` header, checked by {@linkcode requireSignature}. */
  signature: string;
}

/** The maximum age of a signature, also applied to times in the future. */
const TOLERANCE_SEC = 300;

/**
 * Verifies a delivery with the configured webhook secrets and parses its event.
 *
 * @throws {BillingError} `validation_error` if no secret matches the
 * signature, the signature is expired, or the body is not an event.
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
  throw invalidSignature();
}

/**
 * Checks the presence, format and time of a signature. Called before the body
 * is read, so that an invalid request uses no memory.
 *
 * @throws {BillingError} `validation_error` if the signature is not valid.
 */
export function requireSignature(
  { now }: Pick<Services, "now">,
  signature: string | null,
): string {
  const isPlausible = signature !== null && isRecent(signature, now()) &&
    /(?:^|,)v1=[0-9a-f]{64}(?:,|$)/.test(signature);
  if (!isPlausible) throw invalidSignature();
  return signature;
}

/** The SDK accepts future times, and uses the last of several times. */
function isRecent(signature: string, receivedAtMs: number): boolean {
  const times = signature.split(",").filter((item) => item.startsWith("t="));
  const time = /^t=(\d{1,12})$/.exec(times[0] ?? "")?.[1];
  if (times.length !== 1 || time === undefined) return false;
  return Math.abs(receivedAtMs / 1000 - Number(time)) <= TOLERANCE_SEC;
}

/**
 * The SDK's default provider for Deno imports a Web Crypto key per delivery,
 * which takes a quarter of the CPU time of an event.
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
    // The signature is valid, but the body is not JSON or is a thin event.
    throw notAnEvent(error);
  }
}

function isSignatureError(error: unknown): boolean {
  return error instanceof Error && "type" in error &&
    error.type === "StripeSignatureVerificationError";
}

/** Limits the id, which becomes part of a store key. */
function requireEvent(event: Stripe.Event): Stripe.Event {
  const { id, type, data } = event as Partial<Stripe.Event>;
  const isEvent = typeof id === "string" && /^evt_\w{1,200}$/.test(id) &&
    typeof type === "string" && typeof data?.object === "object";
  if (!isEvent) throw notAnEvent();
  return event;
}

function notAnEvent(cause?: unknown): BillingError {
  return new BillingError("validation_error", "The body is not an event", {
    cause,
  });
}

function invalidSignature(): BillingError {
  return new BillingError("validation_error", "Invalid webhook signature");
}
