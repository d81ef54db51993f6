import { invalidRequest } from "./errors.ts";
import { nullable, reader } from "./params.ts";

const MAX_KEYS = 50;
const MAX_KEY = 40;
const MAX_VALUE = 500;

export type Metadata = Record<string, string>;

/** `metadata[key]=value`. An empty value unsets the key, an empty `metadata` unsets all keys. */
export const metadata = nullable(reader<Metadata>((value, at) => {
  if (typeof value === "string") {
    throw invalidRequest("Invalid object", { param: at });
  }
  if (value.size > MAX_KEYS) throw tooMany(value.size);
  return Object.fromEntries(
    [...value].map(([key, item]) => [key, readItem(key, item, at)]),
  );
}));

/**
 * Applies a change of metadata.
 *
 * @throws {ApiError} 400 if the result has more than 50 keys.
 */
export function mergeMetadata(
  before: Metadata,
  change: Metadata | null | undefined,
): Metadata {
  if (change === null) return {};
  const merged = { ...before, ...change };
  const kept = Object.entries(merged).filter(([, value]) => value !== "");
  if (kept.length > MAX_KEYS) throw tooMany(kept.length);
  return Object.fromEntries(kept);
}

function readItem(key: string, item: unknown, at: string): string {
  const param = `${at}[${key}]`;
  if (typeof item !== "string") {
    throw invalidRequest("Invalid string: metadata values are text", { param });
  }
  if (key.length > MAX_KEY) {
    throw invalidRequest(
      `Metadata keys can have up to ${MAX_KEY} characters; this has ${key.length}.`,
      { param: at },
    );
  }
  if (item.length > MAX_VALUE) {
    throw invalidRequest(
      `Metadata values can have up to ${MAX_VALUE} characters; this has ${item.length}.`,
      {
        param,
      },
    );
  }
  return item;
}

function tooMany(count: number) {
  return invalidRequest(
    `You can have up to ${MAX_KEYS} metadata keys; this makes ${count}.`,
    { param: "metadata" },
  );
}
