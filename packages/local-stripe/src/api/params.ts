import { invalidRequest, missingParam, notImplemented } from "./errors.ts";
import type { FormRecord, FormValue } from "./form.ts";

/**
 * Reads and checks one parameter. `at` is its name in error messages, e.g. `features[name]`.
 */
export interface Reader<T, Needed extends boolean = false> {
  read(value: FormValue, at: string): T;
  needed: Needed;
}

/** Readers by parameter name. */
export type Shape = Record<string, Reader<unknown, boolean>>;
type Of<R> = R extends Reader<infer T, boolean> ? T : never;
/** The value that a shape describes. Members that are not required are optional. */
export type Read<S extends Shape> =
  & { [K in keyof S as S[K]["needed"] extends true ? K : never]: Of<S[K]> }
  & { [K in keyof S as S[K]["needed"] extends true ? never : K]?: Of<S[K]> };

/** Makes a reader from a function. */
export function reader<T>(read: Reader<T>["read"]): Reader<T> {
  return { read, needed: false };
}

/** Makes a parameter required. */
export function required<T>(inner: Reader<T>): Reader<T, true> {
  return { read: inner.read, needed: true };
}

/** Reads an empty value, which unsets a field, as `null`. */
export function nullable<T>(inner: Reader<T>): Reader<T | null> {
  return reader((value, at) => value === "" ? null : inner.read(value, at));
}

/** A parameter of Stripe that the local Stripe does not implement: 501. */
export const missing: Reader<never> = reader((_value, at) => {
  throw notImplemented(`the parameter ${at}`);
});

/** The union of the names in a text, which single spaces separate. */
export type Names<S extends string> = S extends `${infer First} ${infer Rest}`
  ? First | Names<Rest>
  : S;

/** Parameters of Stripe that the local Stripe does not implement, named in one or more texts. */
export function gaps<const S extends string>(
  ...names: S[]
): Record<Names<S>, Reader<never>> {
  const entries = names.flatMap((text) => text.split(" "))
    .map((name) => [name, missing]);
  return Object.fromEntries(entries) as Record<Names<S>, Reader<never>>;
}

/** Converts the value of a reader. */
export function mapped<T, R>(
  inner: Reader<T>,
  convert: (value: T) => R,
): Reader<R> {
  return reader((value, at) => convert(inner.read(value, at)));
}

/** Drops undefined members. */
export function given<T extends object>(
  values: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) =>
    value !== undefined
  );
  return Object.fromEntries(entries) as ReturnType<typeof given<T>>;
}

/** Text of 1 to `max` characters. Stripe's general limit is 5,000. */
export function text(max = 5_000, pattern?: RegExp): Reader<string> {
  return reader((value, at) => {
    const given = scalar(value, at, "string");
    if (given === "") {
      throw invalidRequest(
        `You passed an empty string for '${at}', which cannot be unset.`,
        { code: "parameter_invalid_empty", param: at },
      );
    }
    if (given.length > max) {
      throw invalidRequest(
        `Invalid string: ${at} must be at most ${max} characters`,
        { param: at },
      );
    }
    if (pattern && !pattern.test(given)) {
      throw invalidRequest(`Invalid string: ${given}`, { param: at });
    }
    return given;
  });
}

/** An integer within bounds. */
export function integer(
  min = -99_999_999,
  max = 9_999_999_999,
): Reader<number> {
  return reader((value, at) => {
    const given = scalar(value, at, "integer");
    const fail = (message: string) =>
      invalidRequest(message, { code: "parameter_invalid_integer", param: at });
    if (!/^-?\d{1,15}$/.test(given)) throw fail(`Invalid integer: ${given}`);
    const number = Number(given);
    if (number < min) {
      throw fail(`This value must be greater than or equal to ${min}.`);
    }
    if (number > max) {
      throw fail(`This value must be less than or equal to ${max}.`);
    }
    return number;
  });
}

export const boolean: Reader<boolean> = reader((value, at) => {
  const given = scalar(value, at, "boolean");
  if (given === "true") return true;
  if (given === "false") return false;
  throw invalidRequest(`Invalid boolean: ${given}`, { param: at });
});

/** An enum value. */
export function oneOf<const T extends string>(...words: T[]): Reader<T> {
  return reader((value, at) => {
    const given = scalar(value, at, "string");
    const word = words.find((known) => known === given);
    if (word !== undefined) return word;
    const list = words.length < 2
      ? words.join("")
      : `${words.slice(0, -1).join(", ")}, or ${words.at(-1)}`;
    throw invalidRequest(`Invalid ${at}: must be one of ${list}`, {
      param: at,
    });
  });
}

/** Reads one of `known`; 501 for one of `others`, which only Stripe has. */
export function only<const T extends string>(
  known: T[],
  others: string[],
): Reader<T> {
  const any = oneOf(...known, ...others);
  return reader((value, at) => {
    const word = any.read(value, at);
    const found = known.find((name) => name === word);
    return found ?? missing.read(value, `${at}=${word}`);
  });
}

/** An absolute http or https URL. */
export const url: Reader<string> = reader((value, at) => {
  const given = scalar(value, at, "string");
  const parsed = URL.parse(given);
  const web = parsed !== null && /^https?:\/\//i.test(given) &&
    parsed.hostname !== "";
  if (!web || given.length > 5_000) {
    throw invalidRequest("Not a valid URL", { code: "url_invalid", param: at });
  }
  return given;
});

export const email: Reader<string> = reader((value, at) => {
  const given = scalar(value, at, "string");
  if (given.length > 512 || !/^[^\s@]+@[^\s@]+$/.test(given)) {
    throw invalidRequest(`Invalid email address: ${given}`, {
      code: "email_invalid",
      param: at,
    });
  }
  return given;
});

/** A list with at most `max` members, given with indexes or empty brackets. */
export function list<T>(inner: Reader<T>, max = 100): Reader<T[]> {
  return reader((value, at) => {
    if (
      typeof value === "string" ||
      ![...value.keys()].every((key) => /^\d{1,4}$/.test(key))
    ) {
      throw invalidRequest("Invalid array", { param: at });
    }
    if (value.size > max) {
      throw invalidRequest(`Too many values: ${at} takes at most ${max}`, {
        param: at,
      });
    }
    return [...value].sort(([a], [b]) => Number(a) - Number(b))
      .map(([key, item]) => inner.read(item, `${at}[${key}]`));
  });
}

/** A list that is empty when the value is. */
export function listOrEmpty<T>(inner: Reader<T>, max = 100): Reader<T[]> {
  return mapped(nullable(list(inner, max)), (given) => given ?? []);
}

/** A record with known members; other members are refused with `parameter_unknown`. */
export function fields<S extends Shape>(shape: S): Reader<Read<S>> {
  return reader((value, at) => {
    if (typeof value === "string") {
      throw invalidRequest("Invalid object", { param: at });
    }
    return readShape(shape, value, at);
  });
}

/** Reads the parameters of a request, except `expand`, which every endpoint accepts. */
export function readParams<S extends Shape>(
  shape: S,
  form: FormRecord,
): Read<S> {
  const own = new Map(form);
  own.delete("expand");
  return readShape(shape, own, "");
}

function readShape<S extends Shape>(
  shape: S,
  record: FormRecord,
  at: string,
): Read<S> {
  const name = (key: string) => at === "" ? key : `${at}[${key}]`;
  const unknown = [...record.keys()].filter((key) => !Object.hasOwn(shape, key))
    .map(name);
  if (unknown.length > 0) throw unknownParams(unknown);
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(shape)) {
    const value = record.get(key);
    if (value !== undefined) result[key] = member.read(value, name(key));
    else if (member.needed) throw missingParam(name(key));
  }
  // The loop set exactly the members of the shape, which the compiler cannot follow.
  return result as Read<S>;
}

function unknownParams(names: string[]) {
  const noun = names.length === 1 ? "parameter" : "parameters";
  return invalidRequest(`Received unknown ${noun}: ${names.join(", ")}`, {
    code: "parameter_unknown",
    param: names[0] ?? "",
  });
}

function scalar(value: FormValue, at: string, noun: string): string {
  if (typeof value === "string") return value;
  throw invalidRequest(`Invalid ${noun}: ${at} was given as a record`, {
    param: at,
  });
}
