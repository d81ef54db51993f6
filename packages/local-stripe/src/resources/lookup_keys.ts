import type { Context } from "../context.ts";
import { invalidRequest } from "../api/errors.ts";
import {
  type ListOf,
  pageOf,
  type PageParams,
  within,
} from "../api/pagination.ts";
import { emitUpdate } from "../webhooks/event_emitter.ts";
import { PRICE } from "../store/schema.ts";
import type { WriteBatch } from "../store/write_batch.ts";
import type { StoredObject } from "../store/collections.ts";
import type { ApiPrice } from "../api/api_types.ts";

/**
 * Gives a lookup key to a price.
 *
 * @throws {ApiError} 400 when another price has the key and it is not to be transferred.
 */
export async function takeLookupKey(
  context: Context,
  to: {
    price: string;
    lookup_key?: string | null | undefined;
    transfer_lookup_key?: boolean | undefined;
  },
  writes: WriteBatch,
): Promise<void> {
  const { lookup_key: key, price } = to;
  if (!key) return;
  const entry = await context.store.read<string>(["lookup_key", key]);
  const holder = entry.value === null || entry.value === price
    ? null
    : await context.store.get(PRICE, entry.value);
  if (holder !== null) {
    const { object: before } = holder;
    if (!to.transfer_lookup_key) {
      throw invalidRequest(
        `A price (\`${before.id}\`) already uses that lookup key.`,
        { param: "lookup_key" },
      );
    }
    const after = { ...before, lookup_key: null };
    writes.replace(PRICE, holder, { object: after });
    emitUpdate(context, writes, { type: "price.updated", before, after });
  }
  writes.set(entry, price);
}

/** Changes the lookup key of a price. */
export async function moveLookupKey(
  context: Context,
  to: {
    stored: StoredObject<ApiPrice>;
    key: string | null | undefined;
    transfer: boolean | undefined;
  },
  writes: WriteBatch,
): Promise<void> {
  const { id, lookup_key: before } = to.stored.object;
  const { key, transfer } = to;
  if (key === undefined || key === before) return;
  if (before !== null) {
    writes.delete(await context.store.read(["lookup_key", before]));
  }
  const wanted = { price: id, lookup_key: key, transfer_lookup_key: transfer };
  await takeLookupKey(context, wanted, writes);
}

/** Lists prices by the parameter `lookup_keys`; `undefined` without it. */
export async function listByLookupKeys(
  { store }: Context,
  params: PageParams & { lookup_keys?: unknown },
  matches: (price: ApiPrice) => Promise<boolean>,
): Promise<ListOf<ApiPrice> | undefined> {
  const { created = {}, lookup_keys: keys } = params;
  if (!Array.isArray(keys)) return undefined;
  const stored = await Promise.all(keys.map(async (key) => {
    const { value } = await store.read<string>(["lookup_key", String(key)]);
    const price = value === null ? null : await store.get(PRICE, value);
    return price !== null && within(price.object.created, created) &&
        await matches(price.object)
      ? price
      : null;
  }));
  const found = stored.filter((price) => price !== null)
    .sort((a, b) => a.order < b.order ? 1 : -1)
    .map(({ object }) => object);
  return pageOf(found, params, {
    what: "together with lookup_keys",
    noun: PRICE.noun,
    url: "/v1/prices",
  });
}
