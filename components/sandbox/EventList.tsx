import { Fragment } from "preact";
import { Moment } from "@/components/layout/Time.tsx";
import type { SandboxDelivery, SandboxEvent } from "@/lib/sandbox.ts";

/** A list of events, one per line. */
export function EventList({ events, locale }: {
  events: readonly SandboxEvent[];
  locale: string;
}) {
  if (events.length === 0) {
    return <p class="soft">No events yet. Choose a plan or sign in.</p>;
  }
  return (
    <ol class="events">
      {events.map((event) => (
        <li key={event.id} class="event">
          <a class="event-type" href={`/sandbox/events/${event.id}`}>
            <EventType type={event.type} />
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

/** An event type that can break after each dot. */
export function EventType({ type }: { type: string }) {
  const [first, ...others] = type.split(".");
  return (
    <>
      {first}
      {others.map((part) => (
        <Fragment key={part}>
          .<wbr />
          {part}
        </Fragment>
      ))}
    </>
  );
}

/** The combined state of the deliveries: failed if any of them failed. */
export function DeliveryState({ deliveries }: {
  deliveries: readonly SandboxDelivery[];
}) {
  const state = combinedState(deliveries);
  return (
    <span class="state" data-state={state}>
      {stateLabel(state, deliveries)}
    </span>
  );
}

type State = "no_endpoint" | SandboxDelivery["state"];

function combinedState(deliveries: readonly SandboxDelivery[]): State {
  const states = deliveries.map(({ state }) => state);
  if (states.length === 0) return "no_endpoint";
  if (states.includes("failed")) return "failed";
  return states.includes("waiting") ? "waiting" : "delivered";
}

function stateLabel(
  state: State,
  deliveries: readonly SandboxDelivery[],
): string {
  const attempts = deliveries.reduce(
    (sum, delivery) => sum + delivery.attempts.length,
    0,
  );
  switch (state) {
    case "no_endpoint":
      return "No endpoint";
    case "waiting":
      return attempts === 0 ? "Pending" : `Pending, ${countLabel(attempts)}`;
    case "failed":
      return `Failed, ${countLabel(attempts)}`;
    case "delivered":
      return attempts === 1
        ? "Delivered"
        : `Delivered, ${countLabel(attempts)}`;
  }
}

function countLabel(attempts: number): string {
  return attempts === 1 ? "1 attempt" : `${attempts} attempts`;
}

/** Filters the list by event type. */
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
