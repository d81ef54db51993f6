import type { Context } from "../context.ts";
import { invalidRequest } from "../api/errors.ts";
import { emitUpdate } from "../webhooks/event_emitter.ts";
import { PRICE } from "../store/schema.ts";
import type { WriteBatch } from "../store/write_batch.ts";
import type { StoredObject } from "../store/collections.ts";
import type { ApiPrice } from "../api/api_types.ts";

type PriceRow = StoredObject<ApiPrice>;

/** Gives a lookup key to a price; another that has it loses it, or is in the way. */
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
  if (holder !== null && !to.transfer_lookup_key) {
    throw invalidRequest(
      `A price (\`${holder.object.id}\`) already uses that lookup key.`,
      {
        param: "lookup_key",
      },
    );
  }
  if (holder !== null) {
    const after = { ...holder.object, lookup_key: null };
    writes.replace(PRICE, holder, { object: after });
    emitUpdate(context, writes, {
      type: "price.updated",
      before: holder.object,
      after,
    });
  }
  writes.set(entry, price);
}

/** Changes which lookup key a price has. */
export async function moveLookupKey(
  context: Context,
  to: {
    stored: PriceRow;
    key: string | null | undefined;
    transfer: boolean | undefined;
  },
  writes: WriteBatch,
): Promise<void> {
  const { id, lookup_key: before } = to.stored.object;
  if (to.key === undefined || to.key === before) return;
  if (before !== null) {
    writes.delete(await context.store.read(["lookup_key", before]));
  }
  await takeLookupKey(
    context,
    { price: id, lookup_key: to.key, transfer_lookup_key: to.transfer },
    writes,
  );
}
