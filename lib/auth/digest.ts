/** Loaded with the first digest, and kept out of the start: it takes 20 ms. */
let loaded: Promise<typeof import("node:crypto")> | undefined;

/**
 * SHA-256 in hexadecimal digits. By Node's module, as the web's goes to
 * another thread and back: some 20 µs for a short text, and not one.
 */
export async function digestOf(text: string): Promise<string> {
  const { createHash } = await (loaded ??= import("node:crypto"));
  return createHash("sha256").update(text).digest("hex");
}
