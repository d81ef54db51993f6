const ALPHABET =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Random characters of an alphabet, each equally likely. */
export function randomText(length: number, alphabet = ALPHABET): string {
  const limit = 256 - (256 % alphabet.length);
  let made = "";
  while (made.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length * 2))) {
      if (byte < limit && made.length < length) {
        made += alphabet[byte % alphabet.length];
      }
    }
  }
  return made;
}

/** An id of an older resource, e.g. `cus_` and 14 characters. */
export function shortId(prefix: "cus" | "prod" | "req" | "il" | "si"): string {
  return `${prefix}_${randomText(14)}`;
}

// deno-fmt-ignore: a list of names reads best filled
type LongPrefix =
  | "bpc" | "bps" | "ch" | "clock" | "di" | "du" | "ii" | "in" | "inpay" | "pi" | "pm" | "price"
  | "promo" | "re" | "sub" | "sub_sched" | "txi" | "txn" | "we";

/** An id of a newer resource, e.g. `pm_1` and 23 characters. */
export function longId(prefix: LongPrefix): string {
  return `${prefix}_1${randomText(23)}`;
}

/** An id of an event. Ids sort as their sort keys do, for clients that sort by `created` and id. */
export function eventId(order: string): string {
  let left = BigInt(order.slice(15));
  let digits = "";
  while (digits.length < 12) {
    digits = ALPHABET[Number(left % 62n)] + digits;
    left /= 62n;
  }
  return `evt_1${digits}${randomText(11)}`;
}

/** The secret in the URL of a hosted page. It is the only access control of the page. */
export function pageSecret(): string {
  return `test_${randomText(48)}`;
}

/** A SHA-256 digest in lowercase hex, for keys that must not contain the value itself. */
export async function sha256(value: string): Promise<string> {
  const bytes = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(value),
  );
  return new Uint8Array(bytes).toHex();
}
