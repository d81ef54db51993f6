import type { Context } from "../context.ts";
import type { FormRecord } from "./form.ts";
import { type Read, type Reader, readParams } from "./params.ts";

/** An object of the API, as its JSON says. */
export interface ApiObject {
  object: string;
}

/** A request whose parameters have been read, ready to run. */
export type Prepared = (context: Context) => Promise<ApiObject>;

/** One URL and method. */
export interface Endpoint {
  /** The object type of the answer; for lists, of their members. It is what `expand` is checked against. */
  returns: string;
  /** The answer is a list, so that an expanded path begins with `data`. */
  many: boolean;
  /** Reads the parameters; throws before anything has happened. */
  prepare(ids: readonly string[], form: FormRecord): Prepared;
}

type Shape = Record<string, Reader<unknown, boolean>>;

/**
 * Puts an endpoint together. What `run` throws counts as an answer of Stripe's own work, and is
 * kept under the request's idempotency key; what the parameters' readers throw is not.
 */
export function endpoint<S extends Shape>(made: {
  returns: string;
  many?: boolean;
  params: S;
  run(
    context: Context,
    params: Read<S>,
    ids: readonly string[],
  ): Promise<ApiObject>;
}): Endpoint {
  return {
    returns: made.returns,
    many: made.many ?? false,
    prepare(ids, form) {
      const params = readParams(made.params, form);
      return (context) => made.run(context, params, ids);
    },
  };
}

/** The one id in an endpoint's path. */
export function onlyId(ids: readonly string[]): string {
  const [id] = ids;
  if (id === undefined) {
    throw new TypeError("Cannot read the path's id: it has none");
  }
  return id;
}

/** What a field becomes when it is expanded. */
export type Expansion =
  /** An id becomes the object of this type. */
  | { to: string; load?: (context: Context, id: string) => Promise<unknown> }
  /** A list that is always sent; its members can be expanded. */
  | { list: string }
  /** A member that is sent only when asked for. */
  | { include: (context: Context, ownerId: string) => Promise<unknown> }
  /** Stripe can, this cannot: 501. */
  | { missing: string }
  /** Always empty here, so that there is nothing to fetch. */
  | { nothing: true };
