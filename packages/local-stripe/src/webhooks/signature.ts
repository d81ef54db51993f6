/**
 * The value of the `Stripe-Signature` header: the time and, for each secret, the HMAC-SHA256 of time
 * and payload.
 *
 * @param payload The exact request body.
 * @param secrets Complete secrets, with the prefix `whsec_`; two while one is being rolled.
 * @param timeSec Seconds since the Unix epoch.
 */
export async function signatureOf(
  payload: string,
  secrets: readonly string[],
  timeSec: number,
): Promise<string> {
  const signed = new TextEncoder().encode(`${timeSec}.${payload}`);
  const parts = await Promise.all(
    secrets.map(async (secret) => `v1=${await hmac(secret, signed)}`),
  );
  return [`t=${timeSec}`, ...parts].join(",");
}

async function hmac(
  secret: string,
  data: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, data)).toHex();
}
