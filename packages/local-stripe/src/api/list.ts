import type { Context } from "../context.ts";
import type { Collection, StoredObject } from "../store/collections.ts";
import { type ApiObject, type Endpoint, endpoint } from "./endpoint.ts";
import { noSuchParam } from "./errors.ts";
import { type ListOf, PAGE, page, range } from "./pagination.ts";
import { type Reader, type Shape, text } from "./params.ts";

type AnyCollection = Collection<{ id: string }, unknown>;

/** A parameter that filters a list. */
interface Filter<T> {
  reader: Reader<unknown>;
  /** The stored list of a value. Of several, the first filter's list is read. */
  list?(value: unknown): string[];
  /** The collection whose object the value names; `live` refuses a deleted one. */
  names?: { collection: AnyCollection; live: boolean };
  /** The value if the parameter is not given. */
  preset?: unknown;
  /** By default, compares the field of the same name. */
  matches?(
    object: T,
    value: unknown,
    context: Context,
  ): boolean | Promise<boolean>;
}

/** A filter with a custom rule. */
export function filter<T, V>(
  reader: Reader<V>,
  matches: (
    object: T,
    value: V,
    context: Context,
  ) => boolean | Promise<boolean>,
  list?: (value: V) => string[],
): Filter<T> {
  // Both functions get only values that the reader returned.
  return { reader, matches, ...(list && { list }) } as Filter<T>;
}

/** A filter by an object's id, which names a stored list. */
export function byId(
  collection: AnyCollection,
  list: string,
  { live = false } = {},
): Filter<unknown> {
  return { ...listedIn(list), names: { collection, live } };
}

/** A filter by a field that has a stored list for each of its values. */
export function listedIn(list: string): Filter<unknown> {
  return { reader: text(255), list: (value) => [list, String(value)] };
}

/** The filter `created`, which {@linkcode page} turns into bounds of the list. */
export const created: Filter<unknown> = { reader: range, matches: () => true };

/** The list endpoint of a resource. */
export interface ListOptions<T> {
  /** The stored list of all objects. Defaults to the last segment of the path. */
  name?: string;
  filters?: Record<string, Filter<T>>;
  gaps?: Shape;
  /** Runs after the filters' checks, before the list is read. */
  prepare?(context: Context, params: Record<string, unknown>): Promise<unknown>;
  /** Builds the page without a stored list; `undefined` if it does not apply. */
  find?(
    context: Context,
    params: Record<string, unknown>,
    matches: (object: T) => Promise<boolean>,
  ): Promise<ListOf<T> | undefined>;
}

/** Builds the list endpoint of a collection. */
export function listing<T extends ApiObject & { id: string }, X>(
  collection: Collection<T, X>,
  { path, present }: {
    path: string;
    present?(context: Context, stored: StoredObject<T, X>): T | Promise<T>;
  },
  list: ListOptions<T>,
): Endpoint {
  const filters = Object.entries(list.filters ?? {});
  const readers = filters.map(([name, { reader }]) => [name, reader]);
  const name = list.name ?? path.slice(path.lastIndexOf("/") + 1);
  return endpoint({
    many: true,
    params: { ...PAGE, ...list.gaps, ...Object.fromEntries(readers) } as Shape,
    async run(context, params) {
      const given = filters
        .map(([param, filter]) => {
          const { [param]: value = filter.preset } = params;
          return { param, filter, value };
        })
        .filter(({ value }) => value !== undefined);
      for (const one of given) await checkNamed(context, one);
      await list.prepare?.(context, params);
      const matches = (object: T) => matchesAll(context, object, given);
      const found = await list.find?.(context, params, matches);
      if (found !== undefined) return found;
      const [stored = [name]] = given.flatMap(({ filter, value }) =>
        filter.list ? [filter.list(value)] : []
      );
      return await page<T, X>(context.store, {
        collection,
        list: stored,
        params,
        url: path,
        matches,
        ...(present && { present: (stored) => present(context, stored) }),
      });
    },
  });
}

interface GivenFilter<T> {
  param: string;
  filter: Filter<T>;
  value: unknown;
}

async function checkNamed<T>(
  context: Context,
  { filter: { names }, param, value }: GivenFilter<T>,
): Promise<void> {
  if (names === undefined) return;
  const id = String(value);
  const stored = await context.store.get(names.collection, id);
  if (stored === null || (names.live && stored.deleted)) {
    throw noSuchParam(names.collection.noun, id, param);
  }
}

async function matchesAll<T extends object>(
  context: Context,
  object: T,
  given: GivenFilter<T>[],
): Promise<boolean> {
  for (const { filter, param, value } of given) {
    const matches = filter.matches
      ? await filter.matches(object, value, context)
      : Reflect.get(object, param) === value;
    if (!matches) return false;
  }
  return true;
}
