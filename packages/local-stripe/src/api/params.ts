import { invalidRequest, missingParam, notImplemented } from "./errors.ts";
import type { FormRecord, FormValue } from "./form.ts";

/**
 * Reads one parameter. `at` is its name as Stripe spells it in errors (`features[name]`).
 * Readers are made by the functions below and put together with {@linkcode fields}.
 */
export interface Reader<T, Needed extends boolean = false> {
  read(value: FormValue, at: string): T;
  needed: Needed;
}

type Shape = Record<string, Reader<unknown, boolean>>;
type Of<R> = R extends Reader<infer T, boolean> ? T : never;
/** The value that a shape describes: needed members are there, the others may be. */
export type Read<S extends Shape> =
  & { [K in keyof S as S[K]["needed"] extends true ? K : never]: Of<S[K]> }
  & { [K in keyof S as S[K]["needed"] extends true ? never : K]?: Of<S[K]> };

function reader<T>(read: Reader<T>["read"]): Reader<T> {
  return { read, needed: false };
}

/** The parameter has to be there. */
export function required<T>(inner: Reader<T>): Reader<T, true> {
  return { read: inner.read, needed: true };
}

/** An empty value unsets: read as `null`. */
export function nullable<T>(inner: Reader<T>): Reader<T | null> {
  return reader((value, at) => value === "" ? null : inner.read(value, at));
}

/** A known parameter of Stripe's that changes behaviour this stand-in does not have: 501. */
export const missing: Reader<never> = reader((_value, at) => {
  throw notImplemented(`the parameter ${at}`);
});

/** Text of 1 to `max` characters; Stripe's own general bound is 5,000. */
export function text(max = 5_000, pattern?: RegExp): Reader<string> {
  return reader((value, at) => {
    const given = scalar(value, at, "string");
    if (given === "") {
      throw invalidRequest(
        `You passed an empty string for '${at}', which cannot be unset.`,
        {
          code: "parameter_invalid_empty",
          param: at,
        },
      );
    }
    if (given.length > max) {
      throw invalidRequest(
        `Invalid string: ${at} must be at most ${max} characters`,
        {
          param: at,
        },
      );
    }
    if (pattern && !pattern.test(given)) {
      throw invalidRequest(`Invalid string: ${given}`, { param: at });
    }
    return given;
  });
}

/** A whole number within bounds. */
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

/** One of the named words. */
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

/** An absolute http or https address. */
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

/** A list with at most `max` members, given with numbers or with empty brackets. */
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

/** A record with known members; anything else in it is `parameter_unknown`. */
export function fields<S extends Shape>(shape: S): Reader<Read<S>> {
  return reader((value, at) => {
    if (typeof value === "string") {
      throw invalidRequest("Invalid object", { param: at });
    }
    return readShape(shape, value, at);
  });
}

/** Reads a whole request. `expand` is known everywhere and read by the pipeline itself. */
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
  // The loop above put in exactly what the shape says, which the compiler cannot follow.
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

export { reader };
