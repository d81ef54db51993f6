import { invalidRequest, noSuchParam, notImplemented } from "./errors.ts";
import { fields, integer, type Read, reader, text } from "./params.ts";
import {
  type Collection,
  placeAt,
  type StoredObject,
} from "../store/collections.ts";
import type { Store } from "../store/store.ts";

/** The most objects that one request reads. */
const MAX_READ = 5_000;
const BATCH = 200;

/** The parameters of every list. */
export const PAGE = {
  limit: integer(1, 100),
  starting_after: text(255),
  ending_before: text(255),
};

const RANGE = fields({
  gt: integer(0),
  gte: integer(0),
  lt: integer(0),
  lte: integer(0),
});

/** `created=1700000000` or `created[gte]=1700000000`, in seconds. */
export const range = reader((value, at): ReturnType<typeof RANGE.read> => {
  if (typeof value !== "string") return RANGE.read(value, at);
  const exact = integer(0).read(value, at);
  return { gte: exact, lte: exact };
});
export type Range = ReturnType<typeof range.read>;

/** Reports whether a time in seconds is within a range. */
export function within(timeSec: number, limits: Range): boolean {
  return timeSec > (limits.gt ?? -1) && timeSec >= (limits.gte ?? 0) &&
    timeSec < (limits.lt ?? Infinity) && timeSec <= (limits.lte ?? Infinity);
}

/** A page as Stripe sends it. */
export interface ListOf<T> {
  object: "list";
  data: T[];
  has_more: boolean;
  url: string;
}

export type PageParams = Read<typeof PAGE> & { created?: Range };

/**
 * One page of a list, newest first.
 *
 * @param query `list` is the stored list; `matches` filters it.
 * @throws {ApiError} 400 for an unknown cursor; 501 if the filter would have to read more than
 * 5,000 objects.
 */
export async function page<T extends { id: string }, X>(
  store: Store,
  query: {
    collection: Collection<T, X>;
    list: string[];
    params: PageParams;
    url: string;
    matches?: (object: T) => boolean | Promise<boolean>;
    present?: (stored: StoredObject<T, X>) => T | Promise<T>;
  },
): Promise<ListOf<T>> {
  const { collection, params, matches = () => true } = query;
  const limit = params.limit ?? 10;
  const bounds = await readBounds(store, collection, params);
  const rows = await gather(store, {
    ...bounds,
    collection,
    list: query.list,
    wanted: limit + 1,
    matches: (stored) => matches(stored.object),
  });
  const kept = rows.slice(0, limit);
  if (!bounds.newestFirst) kept.reverse();
  const present = query.present ?? ((stored) => stored.object);
  return {
    object: "list",
    data: await Promise.all(kept.map(present)),
    has_more: rows.length > limit,
    url: query.url,
  };
}

/**
 * One page of a list that is stored inside another object.
 *
 * @param query `what` names the list in the 501 for `ending_before`.
 * @throws {ApiError} 400 for a cursor that is not in the list.
 */
export function pageOf<T extends { id: string }>(
  all: T[],
  params: PageParams,
  query: { what: string; noun: string; url: string },
): ListOf<T> {
  const { limit = 10, starting_after: after, ending_before: before } = params;
  if (before !== undefined) {
    throw notImplemented(`the parameter ending_before ${query.what}`);
  }
  const from = all.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && from === 0) {
    throw noSuchParam(query.noun, after, "starting_after");
  }
  return {
    object: "list",
    data: all.slice(from, from + limit),
    has_more: all.length > from + limit,
    url: query.url,
  };
}

/** The first matching objects of a list with sort keys in `[low, high)`. */
export async function gather<T extends { id: string }, X>(
  store: Store,
  query: {
    collection: Collection<T, X>;
    list: string[];
    wanted: number;
    newestFirst: boolean;
    low?: string;
    high?: string;
    matches: (stored: StoredObject<T, X>) => boolean | Promise<boolean>;
  },
): Promise<StoredObject<T, X>[]> {
  const found: StoredObject<T, X>[] = [];
  let { low, high } = query;
  for (let seen = 0; seen < MAX_READ; seen += BATCH) {
    const limit = Math.min(BATCH, seen === 0 ? query.wanted : BATCH);
    const ids = await store.ids(query.list, {
      limit,
      newestFirst: query.newestFirst,
      ...(low !== undefined && { low }),
      ...(high !== undefined && { high }),
    });
    const rows = await Promise.all(
      ids.map(({ id }) => store.get(query.collection, id)),
    );
    for (const stored of rows) {
      if (stored !== null && await query.matches(stored)) found.push(stored);
      if (found.length === query.wanted) return found;
    }
    const last = ids.at(-1);
    if (last === undefined || ids.length < limit) return found;
    if (query.newestFirst) high = last.order;
    else low = last.order + " ";
  }
  throw notImplemented(
    `a list that has to look at more than ${MAX_READ} objects`,
  );
}

async function readBounds<T extends { id: string }, X>(
  store: Store,
  collection: Collection<T, X>,
  params: PageParams,
) {
  const { starting_after: after, ending_before: before, created = {} } = params;
  if (after !== undefined && before !== undefined) {
    throw invalidRequest(
      "Received both starting_after and ending_before: use one of them",
      { code: "parameters_exclusive", param: "ending_before" },
    );
  }
  const lows = [boundSec(created.gte, 0), boundSec(created.gt, 1)];
  const highs = [boundSec(created.lt, 0), boundSec(created.lte, 1)];
  // A space sorts before any longer key, so this bound excludes only the cursor itself.
  if (before !== undefined) {
    lows.push(await orderOf(store, collection, before, "ending_before") + " ");
  }
  if (after !== undefined) {
    highs.push(await orderOf(store, collection, after, "starting_after"));
  }
  const low = lows.filter((key) => key !== undefined).sort().at(-1);
  const high = highs.filter((key) => key !== undefined).sort().at(0);
  return {
    newestFirst: before === undefined,
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
  };
}

function boundSec(
  timeSec: number | undefined,
  plus: number,
): string | undefined {
  return timeSec === undefined ? undefined : placeAt((timeSec + plus) * 1_000);
}

async function orderOf<T extends { id: string }, X>(
  store: Store,
  collection: Collection<T, X>,
  id: string,
  param: string,
): Promise<string> {
  const stored = await store.get(collection, id);
  if (stored === null) throw noSuchParam(collection.noun, id, param);
  return stored.order;
}
