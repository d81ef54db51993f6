import type { Context } from "../context.ts";
import { type ApiEvent, EMITTED, EVENT } from "./event_emitter.ts";
import { deliveriesOf, type Delivery, presentEvent } from "./deliveries.ts";
import { allEndpoints } from "./endpoints.ts";
import { emptyOutbox } from "./outbox.ts";

/** An event and what became of it. */
export interface LogEntry {
  event: ApiEvent;
  /** Its place in the log. */
  place: string;
  deliveries: (Delivery & { url: string })[];
}

/** A page of the log. */
export interface LogPage {
  /** Newest first, by when they happened here and not by a test clock. */
  entries: LogEntry[];
  /** Where the next page begins; `null` on the last one. */
  next: string | null;
}

/** What to show of the log. */
export interface LogQuery {
  /** Only events of this type. */
  type?: string;
  /** Only what happened before this place. */
  before?: string;
  limit: number;
}

/** Events that one page looks at. */
const LOOKED_AT = 1_000;

/** One page of what happened, newest first. */
export async function readLog(
  context: Context,
  { type, before, limit }: LogQuery,
): Promise<LogPage> {
  await emptyOutbox(context);
  const places = await context.store.ids(EMITTED, {
    limit: type === undefined ? limit + 1 : LOOKED_AT,
    newestFirst: true,
    ...(before !== undefined && { high: before }),
  });
  const entries: LogEntry[] = [];
  for (const { id } of places) {
    const entry = await readEntry(context, id);
    if (entry === null || (type ?? entry.event.type) !== entry.event.type) {
      continue;
    }
    if (entries.length === limit) {
      return { entries, next: entries.at(-1)?.place ?? null };
    }
    entries.push(entry);
  }
  return { entries, next: null };
}

/** One event of the log; `null` when there is none. */
export async function readEntry(
  context: Context,
  id: string,
): Promise<LogEntry | null> {
  const stored = await context.store.get(EVENT, id);
  if (stored === null) return null;
  const [event, deliveries, endpoints] = await Promise.all([
    presentEvent(context, stored.object),
    deliveriesOf(context, id),
    allEndpoints(context),
  ]);
  const urls = new Map(endpoints.map(({ object }) => [object.id, object.url]));
  return {
    event,
    place: stored.extra.emitted,
    deliveries: deliveries.map((delivery) => ({
      ...delivery,
      url: urls.get(delivery.endpointId) ?? delivery.endpointId,
    })),
  };
}

/** The types of the latest events, in the order of the alphabet. */
export async function recentTypes(context: Context): Promise<string[]> {
  const { store } = context;
  const ids = await store.ids(EMITTED, { limit: 500, newestFirst: true });
  const rows = await Promise.all(ids.map(({ id }) => store.get(EVENT, id)));
  const types = rows.flatMap((stored) =>
    stored === null ? [] : [stored.object.type]
  );
  return [...new Set(types)].sort();
}
