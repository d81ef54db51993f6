/** Which of Stripe's worlds a key belongs to. */
export type KeyMode = "live" | "test";

const BRAND = "portico_";

/** 192 bits, as many characters of base62 as they can need. */
const SECRET_BYTES = 24;
const SECRET_LENGTH = 33;
const CHECKSUM_LENGTH = 6;

/** So many characters of the secret are kept, to tell keys apart by. */
const SHOWN_LENGTH = 4;

const SHAPE = /^(portico_(?:live|test)_[0-9A-Za-z]{33})([0-9A-Za-z]{6})$/;

/**
 * Whether a bearer value is to be read as an API key. Decided by its first
 * characters alone and before anything else: a key is never tried as a
 * session token, nor the other way round.
 */
export function isApiKey(token: string): boolean {
  return token.startsWith(BRAND);
}

/**
 * Makes a new key: brand, mode, 192 random bits and a checksum. It has no
 * character at which a double click would stop.
 */
export function generateApiKey(mode: KeyMode): string {
  const random = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const secret = base62(bigIntOf(random), SECRET_LENGTH);
  const body = `${BRAND}${mode}_${secret}`;
  return `${body}${checksumOf(body)}`;
}

/**
 * Whether a key can be one of ours: of this mode, and with the checksum that
 * it has to have. A typo ends here and costs no look at the store. It proves
 * nothing: anybody can work out a checksum.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * const key = makeApiKey("test");
 * assert(isWellFormedKey(key, "test"));
 * assert(!isWellFormedKey(key, "live"));
 * assert(!isWellFormedKey(`${key.slice(0, -1)}~`, "test"));
 * ```
 */
export function isWellFormedApiKey(key: string, mode: KeyMode): boolean {
  if (!key.startsWith(`${BRAND}${mode}_`)) return false;
  const [, body, checksum] = SHAPE.exec(key) ?? [];
  return body !== undefined && checksumOf(body) === checksum;
}

/** What may be shown of a key for ever: too little to use, enough to know it. */
export function displayPrefix(key: string): string {
  const secretAt = key.lastIndexOf("_") + 1;
  return key.slice(0, secretAt + SHOWN_LENGTH);
}

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function base62(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; rest > 0n; rest /= 62n) {
    text = DIGITS.charAt(Number(rest % 62n)) + text;
  }
  return text.padStart(length, "0");
}

function bigIntOf(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => value << 8n | BigInt(byte), 0n);
}

function checksumOf(body: string): string {
  return base62(BigInt(crc32(body)), CHECKSUM_LENGTH);
}

/** Bit by bit: forty characters are too few for a table to pay. */
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
