import type { Config } from "@/lib/config/config.ts";

/** Stripe's mode, which is part of each API key. */
export type KeyMode = "live" | "test";

const BRAND = "portico_";
const SERVICE_BRAND = "portico_service_";

/** 192 bits, which base62 encodes in at most 33 characters. */
const SECRET_BYTES = 24;
const SECRET_LENGTH = 33;
const CHECKSUM_LENGTH = 6;

/** Characters of the secret in a key's display prefix. */
const PREFIX_SECRET_LENGTH = 4;

const FORMAT =
  /^(portico_(?:service_)?(?:live|test)_[0-9A-Za-z]{33})([0-9A-Za-z]{6})$/;

/** The mode of the keys of a configuration. */
export function keyModeOf({ stripe }: Pick<Config, "stripe">): KeyMode {
  return stripe.mode === "live" ? "live" : "test";
}

/**
 * Reports whether a bearer token is an API key, by its first characters only.
 * Decided first, so an API key is never verified as a session token.
 */
export function isApiKey(token: string): boolean {
  return token.startsWith(BRAND);
}

/** Reports whether a bearer token is a service key. Check it before API keys. */
export function isServiceKey(token: string): boolean {
  return token.startsWith(SERVICE_BRAND);
}

/**
 * Generates an API key: brand, mode, 192 random bits and a checksum. All are
 * word characters, so a double click selects the entire key.
 */
export function generateApiKey(mode: KeyMode): string {
  return generate(BRAND, mode);
}

/** Generates a service key, which differs from an API key by its brand. */
export function generateServiceKey(mode: KeyMode): string {
  return generate(SERVICE_BRAND, mode);
}

function generate(brand: string, mode: KeyMode): string {
  const random = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const secret = base62(toBigInt(random), SECRET_LENGTH);
  const body = `${brand}${mode}_${secret}`;
  return `${body}${checksum(body)}`;
}

/**
 * Reports whether an API key has the right format, mode and checksum, so that
 * a mistyped key is refused without a read of the store. The checksum is not
 * secret and proves nothing about the key's origin.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * const key = generateApiKey("test");
 * assert(isWellFormedApiKey(key, "test"));
 * assert(!isWellFormedApiKey(key, "live"));
 * assert(!isWellFormedApiKey(`${key.slice(0, -1)}~`, "test"));
 * ```
 */
export function isWellFormedApiKey(key: string, mode: KeyMode): boolean {
  return isWellFormed(BRAND, key, mode);
}

/** Reports whether a service key has the right format, mode and checksum. */
export function isWellFormedServiceKey(key: string, mode: KeyMode): boolean {
  return isWellFormed(SERVICE_BRAND, key, mode);
}

function isWellFormed(brand: string, key: string, mode: KeyMode): boolean {
  if (!key.startsWith(`${brand}${mode}_`)) return false;
  const [, body, sum] = FORMAT.exec(key) ?? [];
  return body !== undefined && checksum(body) === sum;
}

/** Returns the first characters of a key, safe to store, show and log. */
export function displayPrefix(key: string): string {
  const secretAt = key.lastIndexOf("_") + 1;
  return key.slice(0, secretAt + PREFIX_SECRET_LENGTH);
}

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function base62(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; rest > 0n; rest /= 62n) {
    text = DIGITS.charAt(Number(rest % 62n)) + text;
  }
  return text.padStart(length, "0");
}

function toBigInt(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => value << 8n | BigInt(byte), 0n);
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CHECKSUM_LENGTH);
}

/** Written out because loading `node:zlib` would add 40 ms to the start. */
function crc32(text: string): number {
  let crc = ~0;
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) {
      crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
  }
  return ~crc >>> 0;
}
