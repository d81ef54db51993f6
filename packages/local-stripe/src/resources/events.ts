import type { Context } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, noSuchPath } from "../api/errors.ts";
import { type ApiEvent, EVENT } from "../webhooks/event_emitter.ts";
import { PAGE, page, range } from "../api/pagination.ts";
import { boolean, list, missing, text } from "../api/params.ts";
import {
  deliveriesOf,
  isOutstanding,
  presentEvent,
} from "../webhooks/deliveries.ts";
import { emptyOutbox } from "../webhooks/outbox.ts";
import { sendAgain } from "../webhooks/delivery_controls.ts";

const TYPE = text(250, /^[a-z0-9_.*]+$/);

export const listEvents = endpoint({
  returns: "event",
  many: true,
  params: {
    ...PAGE,
    created: range,
    delivery_success: boolean,
    related_object: missing,
    type: TYPE,
    types: list(TYPE, 20),
  },
  async run(context, { delivery_success: arrived, type, types, ...params }) {
    if (type !== undefined && types !== undefined) {
      throw invalidRequest(
        "You may only specify one of these parameters: type, types.",
        { code: "parameters_exclusive", param: "types" },
      );
    }
    await emptyOutbox(context);
    const wanted = types ?? (type === undefined ? [] : [type]);
    const found = await page(context.store, {
      collection: EVENT,
      list: listFor(wanted),
      params,
      url: "/v1/events",
      matches: async (event) =>
        isWanted(event.type, wanted) &&
        (arrived === undefined ||
          arrived === await hasArrived(context, event.id)),
    });
    const data = await Promise.all(
      found.data.map((event) => presentEvent(context, event)),
    );
    return { ...found, data };
  },
});

export const retrieveEvent = endpoint({
  returns: "event",
  params: {},
  run: (context, _params, ids) => readEvent(context, onlyId(ids)),
});

/** What `stripe events resend` asks for: the event again, now, to one endpoint or to all. */
export const retryEvent = endpoint({
  returns: "event",
  params: {
    account: missing,
    // Without an endpoint it sends to its own `stripe listen`, which nobody answers here.
    for_stripecli: missing,
    webhook_endpoint: text(255),
  },
  async run(context, { webhook_endpoint: only }, ids) {
    const id = onlyId(ids);
    await readEvent(context, id);
    await sendAgain(context, id, only === undefined ? {} : { only });
    return await readEvent(context, id);
  },
});

async function readEvent(context: Context, id: string): Promise<ApiEvent> {
  const stored = await context.store.get(EVENT, id);
  if (stored === null) throw noSuchPath(EVENT.noun, id);
  await emptyOutbox(context);
  return await presentEvent(context, stored.object);
}

async function hasArrived(context: Context, id: string): Promise<boolean> {
  return !(await deliveriesOf(context, id)).some(isOutstanding);
}

// One type that is named in full has a list of its own.
function listFor(types: readonly string[]): string[] {
  const [only] = types;
  return types.length === 1 && only !== undefined && !only.includes("*")
    ? ["events_by_type", only]
    : ["events"];
}

/** Whether a type is one of those asked for, each of which may be a group such as `customer.*`. */
function isWanted(type: string, wanted: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((asked) => {
    const parts = asked.split("*").map(RegExp.escape);
    return new RegExp(`^${parts.join(".*")}$`).test(type);
  });
}
