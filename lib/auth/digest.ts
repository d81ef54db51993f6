/** Loaded on first use: `node:crypto` would add about 40 ms to the start. */
let nodeCrypto: Promise<typeof import("node:crypto")> | undefined;

/**
 * Returns the SHA-256 of a text in hexadecimal. Uses `node:crypto` because
 * Web Crypto hashes on another thread, which takes longer for a short text.
 */
export async function digestOf(text: string): Promise<string> {
  const { createHash } = await (nodeCrypto ??= import("node:crypto"));
  return createHash("sha256").update(text).digest("hex");
}
