import type { Context } from "../context.ts";
import { ROOT } from "../store/collections.ts";
import { withRetry } from "../store/retry.ts";
import { planDelivery } from "./deliveries.ts";
import { allEndpoints, type StoredEndpoint, subscribes } from "./endpoints.ts";
import { EVENT, OUTBOX } from "./event_emitter.ts";

const BATCH_SIZE = 100;

/**
 * Plans the deliveries of new events: one for each endpoint that subscribes. Safe to repeat and to
 * run concurrently, since an event leaves the outbox in the commit that plans its deliveries.
 */
export async function emptyOutbox(context: Context): Promise<void> {
  for (;;) {
    const entries = await readOutbox(context);
    if (entries.length === 0) return;
    const endpoints = await allEndpoints(context);
    for (const entry of entries) {
      await planDeliveries(context, entry, endpoints);
    }
  }
}

function readOutbox({ store }: Context): Promise<Deno.KvEntry<string>[]> {
  const selector = { prefix: [...ROOT, ...OUTBOX] };
  return withRetry(() =>
    Array.fromAsync(store.kv.list<string>(selector, { limit: BATCH_SIZE }))
  );
}

async function planDeliveries(
  context: Context,
  entry: Deno.KvEntry<string>,
  endpoints: readonly StoredEndpoint[],
): Promise<void> {
  const { store } = context;
  const event = await store.get(EVENT, entry.value);
  const writes = store.begin();
  writes.delete(entry);
  if (event !== null) {
    const emitted = { type: event.object.type, emitted: event.extra.emitted };
    for (const endpoint of endpoints) {
      if (!subscribes(endpoint, emitted)) continue;
      planDelivery(writes, {
        eventId: event.object.id,
        endpointId: endpoint.object.id,
        byHand: false,
        dueMs: context.now(),
      });
    }
  }
  // If the commit fails, a concurrent call has planned the same deliveries.
  await writes.commit();
}
