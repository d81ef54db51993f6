import type { Context } from "../context.ts";
import { EVENT, OUTBOX } from "./event_emitter.ts";
import { withRetry } from "../store/retry.ts";
import { ROOT } from "../store/collections.ts";
import { plan } from "./deliveries.ts";
import { allEndpoints, type StoredEndpoint, subscribes } from "./endpoints.ts";

const BATCH = 100;

/**
 * Gives each new event its deliveries: one for each endpoint that subscribes to it. Safe to repeat,
 * and to run twice at a time: an event leaves the outbox in the commit that plans its deliveries.
 */
export async function emptyOutbox(context: Context): Promise<void> {
  for (;;) {
    const entries = await readOutbox(context);
    if (entries.length === 0) return;
    const endpoints = await allEndpoints(context);
    for (const entry of entries) await planAll(context, entry, endpoints);
  }
}

function readOutbox({ store }: Context): Promise<Deno.KvEntry<string>[]> {
  const selector = { prefix: [...ROOT, ...OUTBOX] };
  return withRetry(() =>
    Array.fromAsync(store.kv.list<string>(selector, { limit: BATCH }))
  );
}

async function planAll(
  context: Context,
  entry: Deno.KvEntry<string>,
  endpoints: readonly StoredEndpoint[],
): Promise<void> {
  const { store } = context;
  const event = await store.get(EVENT, entry.value);
  const writes = store.begin();
  writes.delete(entry);
  if (event !== null) {
    const told = { type: event.object.type, emitted: event.extra.emitted };
    for (
      const endpoint of endpoints.filter((stored) => subscribes(stored, told))
    ) {
      plan(writes, {
        eventId: event.object.id,
        endpointId: endpoint.object.id,
        byHand: false,
        dueMs: context.now(),
      });
    }
  }
  // Where the check fails another was first, and has planned the same.
  await writes.commit();
}
