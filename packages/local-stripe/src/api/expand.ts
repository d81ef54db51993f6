import type { Context } from "../context.ts";
import type { ApiObject, Endpoint } from "./endpoint.ts";
import { invalidRequest, notImplemented } from "./errors.ts";
import type { FormRecord } from "./form.ts";
import { isRecord } from "./merge.ts";
import { list, text } from "./params.ts";
import type { Expansion } from "./resource.ts";
import { OBJECT_TYPES } from "./router.ts";

const MAX_DEPTH = 4;
const PATHS = list(text(200), 50);

/**
 * Reads the paths of `expand[]` and checks them against the endpoint's object type.
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
        { param: "expand" },
      );
    }
    const { many, returns } = target;
    check(parts, many ? { list: returns } : { name: returns }, path);
    return parts;
  });
}

/** A copy of a response body with the paths expanded. */
export async function expand(
  context: Context,
  body: ApiObject,
  paths: string[][],
): Promise<ApiObject> {
  if (paths.length === 0) return body;
  const copy = structuredClone(body);
  for (const path of paths) await walk(context, copy, path);
  return copy;
}

function check(parts: string[], target: Expansion, path: string): void {
  // The type below such a field is unknown, so its path is not checked.
  if (target === "empty" || "anyOf" in target) return;
  if ("missing" in target) throw notImplemented(target.missing);
  if (parts.length === 0 || "include" in target) return;
  if ("list" in target) {
    if (parts[0] !== "data") throw cannotExpand(path);
    return check(parts.slice(1), { name: target.list }, path);
  }
  const found = findField(target.name, parts);
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
    const target = OBJECT_TYPES[type]?.expand[field.join(".")];
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
  const id = String(value["id"]);
  if (found !== null) await fill(context, value, { ...found, id });
}

interface Found {
  /** The id of the object that is expanded. */
  id: string;
  field: string[];
  target: Expansion;
  rest: string[];
}

async function fill(
  context: Context,
  holder: Record<string, unknown>,
  found: Found,
): Promise<void> {
  const { field: [name = "", ...inner], id, rest, target } = found;
  const value = holder[name];
  const include = target !== "empty" && "include" in target;
  if (include && inner.length === 0 && value === undefined) {
    holder[name] = await target.include(context, id);
    await walk(context, holder[name], rest);
    return;
  }
  const expanded = async (member: unknown) => {
    if (inner.length === 0) return await loaded(context, member, found);
    if (isRecord(member)) {
      await fill(context, member, { ...found, field: inner });
    }
    return member;
  };
  holder[name] = Array.isArray(value)
    ? await Promise.all(value.map(expanded))
    : await expanded(value);
}

/** The object that an id names, with the rest of the path expanded. */
async function loaded(
  context: Context,
  value: unknown,
  { rest, target }: Found,
): Promise<unknown> {
  let object = value;
  if (typeof value === "string" && target !== "empty") {
    const types = "anyOf" in target
      ? target.anyOf
      : "name" in target
      ? [target]
      : [];
    for (const { name } of types) {
      const load = OBJECT_TYPES[name]?.load;
      object = await load?.(context, value) ?? object;
    }
  }
  await walk(context, object, rest);
  return object;
}
