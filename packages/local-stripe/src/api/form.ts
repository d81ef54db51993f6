import { invalidRequest } from "./errors.ts";

/** A decoded parameter: text, or a record with named or numbered members. */
export type FormValue = string | FormRecord;
export type FormRecord = Map<string, FormValue>;

const MAX_PAIRS = 1_000;
const MAX_DEPTH = 10;

/**
 * Decodes nested form parameters: `a[b][0][c]=v`, with plain or percent-encoded brackets, and the
 * `a[]=v` and `a[][b]=v` of curl. A list becomes a record with the keys "0", "1", ….
 *
 * @param encoded `application/x-www-form-urlencoded` texts, read in order.
 * @throws {ApiError} 400 for a malformed key, or a key that is both a value and a record.
 */
export function decodeForm(...encoded: string[]): FormRecord {
  const root: FormRecord = new Map();
  let pairs = 0;
  for (const text of encoded) {
    for (const [key, value] of new URLSearchParams(text)) {
      if (++pairs > MAX_PAIRS) {
        throw invalidRequest(`Too many parameters: at most ${MAX_PAIRS}`);
      }
      place(root, { path: splitKey(key), value, key });
    }
  }
  return root;
}

/** Flattens parameters to one level. Lists are numbered, so equivalent requests become equal. */
export function flattenForm(record: FormRecord): Record<string, string> {
  return Object.fromEntries(pairsOf(record, ""));
}

function pairsOf(record: FormRecord, prefix: string): [string, string][] {
  return [...record].flatMap(([key, value]) => {
    const name = prefix === "" ? key : `${prefix}[${key}]`;
    return typeof value === "string"
      ? [[name, value] as [string, string]]
      : pairsOf(value, name);
  });
}

function splitKey(key: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(key);
  if (match === null) {
    throw invalidRequest(`Invalid parameter name: ${key}`, { param: key });
  }
  const [, head = "", tail = ""] = match;
  const path = [
    head,
    ...[...tail.matchAll(/\[([^[\]]*)\]/g)].map((part) => part[1] ?? ""),
  ];
  if (path.length > MAX_DEPTH) {
    throw invalidRequest(`Too deeply nested: ${key}`, { param: key });
  }
  return path;
}

interface Pair {
  path: string[];
  value: string;
  key: string;
}

function place(root: FormRecord, pair: Pair): void {
  let here = root;
  pair.path.slice(0, -1).forEach((part, index) => {
    here = step(here, { ...pair, part, next: pair.path[index + 1] ?? "" });
  });
  const last = pair.path.at(-1) ?? "";
  const name = last === "" ? String(here.size) : last;
  if (here.get(name) instanceof Map) throw twoShapes(pair.key);
  here.set(name, pair.value);
}

function step(
  here: FormRecord,
  at: Pair & { part: string; next: string },
): FormRecord {
  const name = at.part === "" ? openElement(here, at.next) : at.part;
  const found = here.get(name);
  if (typeof found === "string") throw twoShapes(at.key);
  if (found !== undefined) return found;
  const made: FormRecord = new Map();
  here.set(name, made);
  return made;
}

// `a[][x]=1&a[][y]=2&a[][x]=3` has two elements: a repeated name starts a new one.
function openElement(list: FormRecord, next: string): string {
  const last = list.get(String(list.size - 1));
  const joins = last instanceof Map && next !== "" && !last.has(next);
  return String(joins ? list.size - 1 : list.size);
}

function twoShapes(key: string) {
  return invalidRequest(
    `Invalid parameter: ${key} is given both as a value and as a record`,
    { param: key },
  );
}
