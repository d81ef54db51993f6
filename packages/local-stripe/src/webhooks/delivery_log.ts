import type { Context } from "../context.ts";
import { deliveriesOf, type Delivery, presentEvent } from "./deliveries.ts";
import { allEndpoints } from "./endpoints.ts";
import { type ApiEvent, EMITTED, EVENT } from "./event_emitter.ts";
import { emptyOutbox } from "./outbox.ts";

/** An event and its deliveries. */
export interface LogEntry {
  event: ApiEvent;
  /** Its position in the log. */
  place: string;
  deliveries: (Delivery & { url: string })[];
}

/** A page of the log. */
export interface LogPage {
  /** Newest first by the machine's clock, regardless of test clocks. */
  entries: LogEntry[];
  /** The `before` of the next page; `null` on the last page. */
  next: string | null;
}

/** Selects a page of the log. */
export interface LogQuery {
  /** Only events of this type. */
  type?: string;
  /** Only events before this position. */
  before?: string;
  limit: number;
}

/** Maximum number of events searched for a page. */
const MAX_SEARCHED = 1_000;

/** Reads a page of the log, newest first. */
export async function readLog(
  context: Context,
  { type, before, limit }: LogQuery,
): Promise<LogPage> {
  await emptyOutbox(context);
  const places = await context.store.ids(EMITTED, {
    limit: type === undefined ? limit + 1 : MAX_SEARCHED,
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

/** Reads one event of the log; `null` for an unknown id. */
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

/** The types of the latest 500 events, sorted. */
export async function recentTypes(context: Context): Promise<string[]> {
  const { store } = context;
  const ids = await store.ids(EMITTED, { limit: 500, newestFirst: true });
  const events = await Promise.all(ids.map(({ id }) => store.get(EVENT, id)));
  const types = events.flatMap((event) => event?.object.type ?? []);
  return [...new Set(types)].sort();
}
