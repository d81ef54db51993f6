/** A type of stored object and the lists that hold its objects. */
export interface Collection<T extends { id: string }, X = null> {
  /** The object type, e.g. "customer". */
  name: string;
  /** The name in error messages, e.g. "customer" or "PaymentMethod". */
  noun: string;
  /** The lists that hold an object, e.g. `["invoices"]` and `["invoices_by_customer", id]`. */
  lists(object: T, extra: X): string[][];
  /** Adds the members of `extra` that records of older versions lack. */
  upgrade?(extra: X): X;
}

/** A stored object. `extra` holds data that the API never shows. */
export interface StoredObject<T, X = null> {
  /** The object as the API shows it, with references as ids. */
  object: T;
  extra: X;
  /** The sort key in lists, by creation time. */
  order: string;
  deleted: boolean;
  versionstamp: string;
}

/** A stored object as written to Deno KV. */
export type Saved<T, X> = Omit<StoredObject<T, X>, "versionstamp">;

/** The prefix of every key. */
export const ROOT = ["sandbox", "stripe"] as const;

let ties = 0;

/** The key of an object. */
export function objectKey(collection: { name: string }, id: string): string[] {
  return [...ROOT, "object", collection.name, id];
}

/** A sort key for a creation time. Keys of the same millisecond sort in the order of the calls. */
export function orderAt(createdMs: number): string {
  ties = (ties + 1) % 1_000_000_000;
  return placeAt(createdMs) + placeAt(Date.now()) +
    String(ties).padStart(9, "0");
}

/** A sort key before all objects created at this time or later. */
export function placeAt(timeMs: number): string {
  return String(Math.max(0, Math.floor(timeMs))).padStart(15, "0");
}
