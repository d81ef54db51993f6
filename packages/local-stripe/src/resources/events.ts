import { endpoint } from "../api/endpoint.ts";
import { exclusiveParams } from "../api/errors.ts";
import { created, filter } from "../api/list.ts";
import * as p from "../api/params.ts";
import { resource } from "../api/resource.ts";
import type { Context } from "../context.ts";
import { readPath } from "../store/schema.ts";
import { sendAgain } from "../webhooks/delivery_controls.ts";
import {
  deliveriesOf,
  isOutstanding,
  presentEvent,
} from "../webhooks/deliveries.ts";
import { type ApiEvent, EVENT } from "../webhooks/event_emitter.ts";
import { emptyOutbox } from "../webhooks/outbox.ts";

const TYPE = p.text(250, /^[a-z0-9_.*]+$/);

export const events = resource(EVENT, {
  path: "/v1/events",
  present: (context, { object }) => presentEvent(context, object),
  refresh: emptyOutbox,
  list: {
    filters: {
      created,
      delivery_success: filter(
        p.boolean,
        async ({ id }: ApiEvent, arrived, context) =>
          arrived === await hasArrived(context, id),
      ),
      type: filter(
        TYPE,
        ({ type }: ApiEvent, wanted) => isWanted(type, [wanted]),
        (wanted) => listFor([wanted]),
      ),
      types: filter(
        p.list(TYPE, 20),
        ({ type }: ApiEvent, wanted) => isWanted(type, wanted),
        listFor,
      ),
    },
    gaps: p.gaps("related_object"),
    async prepare(context, { type, types }) {
      if (type !== undefined && types !== undefined) {
        throw exclusiveParams("type", "types");
      }
      await emptyOutbox(context);
    },
  },
  routes: {
    // The request behind `stripe events resend`.
    "POST /*/retry": endpoint({
      params: {
        webhook_endpoint: p.text(255),
        // The CLI's own `stripe listen` connects to Stripe, so no event can reach it from here.
        ...p.gaps("account", "for_stripecli"),
      },
      async run(context, { webhook_endpoint: only }, id) {
        await sendAgain(context, id, only === undefined ? {} : { only });
        const { object } = await readPath(context, EVENT, id);
        return await presentEvent(context, object);
      },
    }),
  },
});

async function hasArrived(context: Context, id: string): Promise<boolean> {
  return !(await deliveriesOf(context, id)).some(isOutstanding);
}

// Only a single type without a wildcard has a stored list.
function listFor(types: readonly string[]): string[] {
  const [only] = types;
  return types.length === 1 && only !== undefined && !only.includes("*")
    ? ["events_by_type", only]
    : ["events"];
}

/** Reports whether a type matches one of the wanted ones, which may contain `*`. */
function isWanted(type: string, wanted: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((pattern) => {
    const parts = pattern.split("*").map(RegExp.escape);
    return new RegExp(`^${parts.join(".*")}$`).test(type);
  });
}
