import type { Context } from "../context.ts";
import type { Collection, StoredObject } from "../store/collections.ts";
import { readPath } from "../store/schema.ts";
import type { WriteBatch } from "../store/write_batch.ts";
import { emit, emitUpdate } from "../webhooks/event_emitter.ts";
import {
  type ApiObject,
  type Endpoint,
  endpoint,
  type Operation,
} from "./endpoint.ts";
import { noSuchPath } from "./errors.ts";
import { listing, type ListOptions } from "./list.ts";
import { merge } from "./merge.ts";
import type { Shape } from "./params.ts";

/** How `expand` fills a field. */
export type Expansion =
  /** An id becomes the object of this collection. */
  | { name: string }
  /** An id becomes the object of one of these collections. */
  | { anyOf: { name: string }[] }
  /** A list that is always sent; its members, of this type, can be expanded. */
  | { list: string }
  /** A member that is sent only when expanded. */
  | { include(context: Context, ownerId: string): Promise<unknown> }
  /** Stripe expands the field and the local Stripe does not: 501 with this text. */
  | { missing: string }
  /** Always empty here, so there is nothing to load. */
  | "empty";

/** Fields that are always empty, named in one or more texts. */
export function empties(...names: string[]): Record<string, "empty"> {
  const all = names.flatMap((text) => text.split(" "));
  return Object.fromEntries(all.map((name) => [name, "empty"]));
}

/** An object type, for `expand`. */
export interface ObjectType {
  /** By field. A field that is not listed cannot be expanded. */
  expand: Record<string, Expansion>;
  /** Loads an object as the API shows it. */
  load?(context: Context, id: string): Promise<unknown>;
}

/** The routes of a resource and the object types it adds. */
export interface Resource {
  /** By method and path, e.g. "GET /v1/customers/*"; `*` is an id. */
  routes: Record<string, Endpoint>;
  types: Record<string, ObjectType>;
}

interface Deletion<T, X> {
  /** Throws if the object cannot be deleted. */
  check?(context: Context, stored: StoredObject<T, X>): void | Promise<void>;
  event?: string;
}

interface Merging<U extends Shape> {
  params: U;
  event?: string;
}

interface Options<T, X, C extends Shape, U extends Shape> {
  /** e.g. "/v1/customers" */
  path: string;
  expand?: Record<string, Expansion>;
  /** Object types that occur only inside this one. */
  types?: Record<string, ObjectType>;
  /** The object as the API shows it; by default as it is stored. */
  present?(context: Context, stored: StoredObject<T, X>): T | Promise<T>;
  /** Brings an object up to date before it is retrieved. */
  refresh?(context: Context, id: string): Promise<unknown>;
  /** The parameters of GET by id, or `false` if there is no such endpoint. */
  retrieve?: false | Shape;
  list?: ListOptions<T>;
  create?: Operation<C>;
  /** Without `run`, the parameters are merged into the object. */
  update?: Operation<U> | Merging<U>;
  delete?: Deletion<T, X>;
  /** Other endpoints by method and path below `path`, with `*` for an id. */
  routes?: Record<string, Endpoint>;
}

/**
 * Declares a resource. The endpoints to retrieve, list and delete follow from the collection; those
 * to create and update have parameters and a handler.
 */
export function resource<
  T extends ApiObject & { id: string },
  X,
  C extends Shape = Shape,
  U extends Shape = Shape,
>(
  collection: Collection<T, X>,
  options: Options<NoInfer<T>, NoInfer<X>, C, U>,
): Resource {
  const { create, update, path } = options;
  const endpoints = {
    ...(create && { POST: endpoint(create) }),
    ...(options.retrieve !== false &&
      { "GET /*": retrieval(collection, options) }),
    ...(update && {
      "POST /*": "run" in update
        ? endpoint(update)
        : merging(collection, options, update),
    }),
    ...(options.list && { GET: listing(collection, options, options.list) }),
    ...(options.delete &&
      { "DELETE /*": deletion(collection, options.delete) }),
    ...options.routes,
  };
  return {
    routes: Object.fromEntries(
      Object.entries(endpoints).map(([route, made]) => {
        const [method, below = ""] = route.split(" ");
        const returns = made.returns || collection.name;
        return [`${method} ${path}${below}`, { ...made, returns }];
      }),
    ),
    types: {
      [collection.name]: {
        expand: options.expand ?? {},
        load: (context, id) => load(context, collection, options, id),
      },
      ...options.types,
    },
  };
}

type Presenting<T, X> = Pick<Options<T, X, Shape, Shape>, "present">;

async function load<T extends ApiObject & { id: string }, X>(
  context: Context,
  collection: Collection<T, X>,
  { present }: Presenting<T, X>,
  id: string,
): Promise<unknown> {
  const stored = await context.store.get(collection, id);
  if (stored === null) return null;
  if (stored.deleted) return tombstone(collection, id);
  return present ? await present(context, stored) : stored.object;
}

/** A deleted object as the API shows it. */
export function tombstone({ name }: { name: string }, id: string) {
  return { id, object: name, deleted: true } as const;
}

function retrieval<T extends ApiObject & { id: string }, X>(
  collection: Collection<T, X>,
  { present, refresh, retrieve }: Options<T, X, Shape, Shape>,
): Endpoint {
  return endpoint({
    params: retrieve || {},
    async run(context, _params, id) {
      await refresh?.(context, id);
      const stored = await readPath(context, collection, id);
      return present ? await present(context, stored) : stored.object;
    },
  });
}

function merging<T extends ApiObject & { id: string }, X, U extends Shape>(
  collection: Collection<T, X>,
  { present, refresh }: Pick<
    Options<T, X, Shape, Shape>,
    "present" | "refresh"
  >,
  { event, params }: Merging<U>,
): Endpoint {
  return endpoint({
    params,
    async run(context, change, id) {
      await refresh?.(context, id);
      const stored = await updateObject(
        context,
        collection,
        id,
        ({ object }) => ({ object: merge(object, change as object) }),
        event,
      );
      return present ? await present(context, stored) : stored.object;
    },
  });
}

function deletion<T extends ApiObject & { id: string }, X>(
  collection: Collection<T, X>,
  { check, event }: Deletion<T, X>,
): Endpoint {
  return endpoint({
    run: (context, _params, id) =>
      context.store.untilWritten(async (writes) => {
        const stored = await readPath(context, collection, id);
        await check?.(context, stored);
        const { object } = writes.replace(collection, stored, {
          deleted: true,
        });
        if (event !== undefined) emit(context, writes, { type: event, object });
        return tombstone(collection, id);
      }),
  });
}

/** Stores a new object together with its event. */
export async function insertObject<T extends ApiObject & { id: string }, X>(
  context: Context,
  collection: Collection<T, X>,
  made: { object: T; extra: X; event?: string },
  also?: (writes: WriteBatch) => Promise<void>,
): Promise<T> {
  const { object, extra, event } = made;
  return await context.store.untilWritten(async (writes) => {
    await also?.(writes);
    if (event !== undefined) emit(context, writes, { type: event, object });
    const createdMs = context.now();
    return writes.insert(collection, { object, extra, createdMs }).object;
  });
}

/**
 * Changes the object that a path names, together with its event.
 *
 * @throws {ApiError} 404 for an id that does not exist.
 */
export async function updateObject<T extends ApiObject & { id: string }, X>(
  context: Context,
  collection: Collection<T, X>,
  id: string,
  change: (stored: StoredObject<T, X>) => { object: T; extra?: X },
  event?: string,
): Promise<StoredObject<T, X>> {
  const stored = await context.store.update(
    collection,
    id,
    change,
    (writes, before, after) => {
      if (event === undefined) return;
      emitUpdate(context, writes, { type: event, before, after });
    },
  );
  if (stored === null) throw noSuchPath(collection.noun, id);
  return stored;
}
