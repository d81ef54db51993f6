import type { Context } from "../context.ts";
import type { ApiObject, Endpoint, Expansion } from "./endpoint.ts";
import { invalidRequest, notImplemented } from "./errors.ts";
import { EXPANSIONS } from "./expansions.ts";
import type { FormRecord } from "./form.ts";
import { list, text } from "./params.ts";

const MAX_DEPTH = 4;
const PATHS = list(text(200), 50);

/**
 * The paths of `expand[]`, checked against what the endpoint answers, before anything happens.
 *
 * @throws {ApiError} 400 for a path that cannot be expanded or is deeper than four levels.
 */
export function readExpand(
  form: FormRecord,
  target: Pick<Endpoint, "returns" | "many">,
): string[][] {
  const given = form.get("expand");
  if (given === undefined) return [];
  return PATHS.read(given, "expand").map((path) => {
    const parts = path.split(".");
    if (parts.length > MAX_DEPTH) {
      throw invalidRequest(
        `You cannot expand more than ${MAX_DEPTH} levels of a property. Property: ${path}`,
        {
          param: "expand",
        },
      );
    }
    if (target.many) check(parts, { list: target.returns }, path);
    else check(parts, { to: target.returns }, path);
    return parts;
  });
}

/** The answer with its paths expanded; the answer itself stays as it is. */
export async function expand(
  context: Context,
  answer: ApiObject,
  paths: string[][],
): Promise<ApiObject> {
  if (paths.length === 0) return answer;
  const copy = structuredClone(answer);
  for (const path of paths) await walk(context, copy, path);
  return copy;
}

function check(parts: string[], target: Expansion, path: string): void {
  if ("missing" in target) throw notImplemented(target.missing);
  // Below what is always empty here there is nothing to find, nor to check against.
  if (parts.length === 0 || "nothing" in target || "include" in target) return;
  if ("list" in target) {
    if (parts[0] !== "data") throw cannotExpand(path);
    return check(parts.slice(1), { to: target.list }, path);
  }
  const found = findField(target.to, parts);
  if (found === null) throw cannotExpand(path);
  check(found.rest, found.target, path);
}

function cannotExpand(path: string) {
  return invalidRequest(`This property cannot be expanded (${path}).`, {
    param: "expand",
  });
}

function findField(type: string, parts: string[]) {
  for (let length = parts.length; length > 0; length--) {
    const field = parts.slice(0, length);
    const target = EXPANSIONS[type]?.[field.join(".")];
    if (target !== undefined) {
      return { field, target, rest: parts.slice(length) };
    }
  }
  return null;
}

async function walk(
  context: Context,
  value: unknown,
  parts: string[],
): Promise<void> {
  if (parts.length === 0 || !isRecord(value)) return;
  if (Array.isArray(value["data"]) && parts[0] === "data") {
    for (const item of value["data"]) await walk(context, item, parts.slice(1));
    return;
  }
  const found = findField(String(value["object"]), parts);
  if (found !== null) await fill(context, value, found);
}

async function fill(
  context: Context,
  owner: Record<string, unknown>,
  found: { field: string[]; target: Expansion; rest: string[] },
): Promise<void> {
  const last = found.field.at(-1) ?? "";
  const holder = found.field.slice(0, -1).reduce<unknown>(
    (value, part) => isRecord(value) ? value[part] : undefined,
    owner,
  );
  if (!isRecord(holder)) return;
  const { target } = found;
  if ("include" in target && holder[last] === undefined) {
    holder[last] = await target.include(context, String(owner["id"]));
  } else if ("load" in target && typeof holder[last] === "string") {
    holder[last] = await target.load(context, holder[last]) ?? holder[last];
  }
  await walk(context, holder[last], found.rest);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
