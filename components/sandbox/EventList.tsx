import type { SandboxDelivery, SandboxEvent } from "@/lib/sandbox_console.ts";
import { Moment } from "@/components/layout/Time.tsx";

/** Events, a line each. */
export function EventList({ events, locale }: {
  events: readonly SandboxEvent[];
  locale: string;
}) {
  if (events.length === 0) {
    return (
      <p class="soft">Nothing has happened yet. Choose a plan, or sign in.</p>
    );
  }
  return (
    <ol class="events">
      {events.map((event) => (
        <li key={event.id} class="event">
          <a class="event-type" href={`/sandbox/events/${event.id}`}>
            {event.type}
          </a>
          <code class="event-object soft">{event.objectId ?? "–"}</code>
          <span class="event-when soft">
            <Moment ms={event.createdAtMs} locale={locale} />
          </span>
          <DeliveryState deliveries={event.deliveries} />
        </li>
      ))}
    </ol>
  );
}

/** What became of deliveries, in a word: the worst of it. */
export function DeliveryState({ deliveries }: {
  deliveries: readonly SandboxDelivery[];
}) {
  const state = stateOf(deliveries);
  return (
    <span class="state" data-state={state}>{wordsFor(state, deliveries)}</span>
  );
}

type State = "nobody" | SandboxDelivery["state"];

function stateOf(deliveries: readonly SandboxDelivery[]): State {
  const states = deliveries.map(({ state }) => state);
  if (states.length === 0) return "nobody";
  if (states.includes("failed")) return "failed";
  return states.includes("waiting") ? "waiting" : "delivered";
}

function wordsFor(
  state: State,
  deliveries: readonly SandboxDelivery[],
): string {
  const tries = deliveries.reduce(
    (sum, { attempts }) => sum + attempts.length,
    0,
  );
  switch (state) {
    case "nobody":
      return "For nobody";
    case "waiting":
      return tries === 0
        ? "Waiting"
        : `Waiting, ${countOf(tries)} so far`;
    case "failed":
      return `Failed, ${countOf(tries)}`;
    case "delivered":
      return tries === 1 ? "Delivered" : `Delivered, ${countOf(tries)}`;
  }
}

function countOf(tries: number): string {
  return tries === 1 ? "1 try" : `${tries} tries`;
}

/** Which types are shown. */
export function EventFilter({ types, chosen }: {
  types: readonly string[];
  chosen: string | null;
}) {
  const options = chosen === null || types.includes(chosen)
    ? types
    : [chosen, ...types];
  return (
    <form class="row filter" method="get" action="/sandbox#events">
      <label for="type">Type</label>
      <select id="type" name="type">
        <option value="">All types</option>
        {options.map((type) => (
          <option key={type} value={type} selected={type === chosen}>
            {type}
          </option>
        ))}
      </select>
      <button class="small" type="submit">Show</button>
    </form>
  );
}
