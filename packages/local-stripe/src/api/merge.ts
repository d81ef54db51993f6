import { mergeMetadata, type Metadata } from "./metadata.ts";

/**
 * Applies the parameters of an update: a field that is not given keeps its value, and a record
 * is merged field by field. `metadata` follows {@linkcode mergeMetadata}.
 */
export function merge<T extends object>(
  object: T,
  change: { [K in keyof T]?: unknown },
): T {
  const merged: Record<string, unknown> = Object.fromEntries(
    Object.entries(object),
  );
  for (const [name, value] of Object.entries(change)) {
    const before = merged[name];
    if (name === "metadata") {
      const given = value as Metadata | null;
      merged[name] = mergeMetadata((before ?? {}) as Metadata, given);
    } else if (isRecord(before) && isRecord(value)) {
      merged[name] = merge(before, value);
    } else if (value !== undefined) merged[name] = value;
  }
  // The readers of the parameters return what the fields of the object hold.
  return merged as T;
}

/** Whether the value is an object with fields: not an array and not null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
