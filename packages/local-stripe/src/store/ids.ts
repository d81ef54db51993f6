const ALPHABET =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** `length` random characters of `alphabet`, without the bias of a plain remainder. */
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

/** The short form that older resources have: `cus_` and 14 characters. */
export function shortId(prefix: "cus" | "prod" | "req" | "il" | "si"): string {
  return `${prefix}_${randomText(14)}`;
}

/** The long form: `pm_1` and 23 characters. */
export function longId(
  prefix:
    | "pm"
    | "in"
    | "price"
    | "bps"
    | "bpc"
    | "evt"
    | "we"
    | "sub"
    | "pi"
    | "ch"
    | "du"
    | "txn"
    | "re"
    | "ii"
    | "inpay"
    | "sub_sched"
    | "clock",
): string {
  return `${prefix}_1${randomText(23)}`;
}

/** The secret part of a hosted page's address: whoever has it may open the page. */
export function pageSecret(): string {
  return `test_${randomText(48)}`;
}

/** Lower-case hex of a SHA-256, for keys that must not hold what they are made from. */
export async function sha256(value: string): Promise<string> {
  const bytes = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(value),
  );
  return new Uint8Array(bytes).toHex();
}
