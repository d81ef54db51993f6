// What a stored object is made of, and where it is filed.

/** One sort of object: what its rows are filed under, and in which lists each of them appears. */
export interface Collection<T extends { id: string }, X = null> {
  /** The object type, e.g. "customer". */
  name: string;
  /** What Stripe's errors call it, e.g. "customer" or "PaymentMethod". */
  noun: string;
  /** Names of the lists that hold it, e.g. `["all"]` and `["customer", id]`. */
  lists(object: T, extra: X): string[][];
}

/** A stored object with what only this stand-in knows about it. */
export interface StoredObject<T, X = null> {
  /** The object as the API shows it, references as ids. */
  object: T;
  extra: X;
  /** Its place in time-ordered lists. */
  order: string;
  deleted: boolean;
  versionstamp: string;
}

/** A row as the store keeps it. */
export type Saved<T, X> = Omit<StoredObject<T, X>, "versionstamp">;
/** Every key begins with this. */
export const ROOT = ["sandbox", "stripe"] as const;

let ties = 0;

/** Where an object is kept. */
export function objectKey(collection: { name: string }, id: string): string[] {
  return [...ROOT, "object", collection.name, id];
}

/** The place of what was created at a time; what came later in the same millisecond sorts later. */
export function orderAt(createdMs: number): string {
  ties = (ties + 1) % 1_000_000;
  return placeAt(createdMs) + placeAt(Date.now()) +
    String(ties).padStart(6, "0");
}

/** The place before everything that was created at this time. */
export function placeAt(timeMs: number): string {
  return String(Math.max(0, Math.floor(timeMs))).padStart(15, "0");
}
