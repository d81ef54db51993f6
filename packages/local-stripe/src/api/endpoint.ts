import type { Context } from "../context.ts";
import type { FormRecord } from "./form.ts";
import { type Read, readParams, type Shape } from "./params.ts";

/** The JSON of an API object. */
export interface ApiObject {
  object: string;
}

/** A request whose parameters have been read, ready to run. */
export type Prepared = (context: Context) => Promise<ApiObject>;

/** The handler of one method and path. */
export interface Endpoint {
  /**
   * The object type of the response, or of a list's members, which `expand` is checked against.
   * Empty for the type of the endpoint's resource.
   */
  returns: string;
  /** The response is a list, so every expanded path begins with `data`. */
  many: boolean;
  params: Shape;
  /** Reads the parameters; throws before any side effect. */
  prepare(ids: readonly string[], form: FormRecord): Prepared;
}

/** The parameters of an endpoint and its handler, which gets the ids of the path. */
export interface Operation<S extends Shape> {
  params?: S;
  run(
    context: Context,
    params: Read<S>,
    id: string,
    childId: string,
  ): Promise<ApiObject>;
}

/**
 * Builds an endpoint. An error thrown by `run` is a response and is stored under the request's
 * idempotency key; an error thrown by a parameter's reader is not.
 */
export function endpoint<S extends Shape>(
  made: Operation<S> & { returns?: string; many?: boolean },
): Endpoint {
  const params = made.params ?? {};
  return {
    returns: made.returns ?? "",
    many: made.many ?? false,
    params,
    prepare(ids, form) {
      // Without declared parameters S is the empty shape.
      const read = readParams(params, form) as Read<S>;
      const [id = "", childId = ""] = ids;
      return (context) => made.run(context, read, id, childId);
    },
  };
}

/** An operation declared outside its resource: infers the parameters' types. */
export function operation<S extends Shape>(made: Operation<S>): Operation<S> {
  return made;
}
