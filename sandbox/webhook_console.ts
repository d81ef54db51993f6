import type { ServeHandler } from "@/lib/http/guard.ts";
import type {
  KeepWay,
  SandboxClock,
  SandboxEvent,
  SandboxEvents,
  SendWay,
} from "@/lib/sandbox_console.ts";
import { PEOPLE } from "./fixtures.ts";
import type {
  AgainOptions,
  CustomerClock,
  LocalStripe,
  LogEntry,
} from "local-stripe";

/** Where the app takes its events, below its address. */
export const WEBHOOK_PATH = "/api/v1/webhooks/stripe";

const PAGE_SIZE = 25;

/** How long a visitor waits for a delivery before being shown that it is under way. */
const SETTLE_MS = 3_000;

/** Opens the room: events of the local Stripe, on their way to the app at `url`. */
export function createEventsRoom(
  { clocks, controls, webhooks }: LocalStripe,
  url: string,
): SandboxEvents {
  // Nobody answers yet.
  webhooks.connect({ url, post: null });
  return {
    connect: (handler) =>
      webhooks.connect({ url, post: handler ? inProcess(handler) : fetch }),
    start: () => webhooks.start(),
    async list({ type, before }) {
      const [log, types, { held, swapNext }] = await Promise.all([
        webhooks.log({
          limit: PAGE_SIZE,
          ...(type !== null && { type }),
          ...(before !== null && { before }),
        }),
        webhooks.types(),
        controls.holdState(),
      ]);
      const keeping = held ? "all" : swapNext ? "two" : "nothing";
      return { events: log.entries.map(show), next: log.next, types, keeping };
    },
    async find(eventId) {
      const entry = await webhooks.entry(eventId);
      return entry && show(entry);
    },
    async send(eventId, way) {
      if (await webhooks.entry(eventId) === null) return false;
      if (way === "out_of_order") await controls.sendOutOfOrder(eventId);
      else await controls.sendAgain(eventId, WAYS[way]);
      await webhooks.deliverDue(SETTLE_MS);
      return true;
    },
    async turn(to) {
      await turn(controls, to);
      await webhooks.deliverDue(SETTLE_MS);
    },
    async clocks() {
      const all = await clocks.list();
      return all.filter(({ hasTestClock }) => !hasTestClock).map(showClock);
    },
    async moveClock(customerId, step) {
      const moved = await clocks.step(customerId, step);
      await webhooks.deliverDue(SETTLE_MS);
      return moved;
    },
  };
}

const WAYS: Record<Exclude<SendWay, "out_of_order">, AgainOptions> = {
  again: {},
  twice: { times: 2 },
  late: { delayMs: 60_000 },
};

function showClock(clock: CustomerClock): SandboxClock {
  const { customerId, name, metadata, trialEndSec, renewalSec } = clock;
  const orgId = metadata["organization"];
  const organization = PEOPLE.flatMap(({ memberships }) => memberships)
    .find((membership) => membership.orgId === orgId);
  return {
    customerId,
    name: organization?.orgName ?? name ?? orgId ?? customerId,
    nowMs: clock.nowSec * 1_000,
    trialEndMs: trialEndSec && trialEndSec * 1_000,
    renewalMs: renewalSec && renewalSec * 1_000,
  };
}

function turn(controls: LocalStripe["controls"], to: KeepWay): Promise<void> {
  switch (to) {
    case "hold":
      return controls.hold();
    case "swap":
      return controls.swapNext();
    case "release":
      return controls.release();
    case "release_newest_first":
      return controls.release({ newestFirst: true });
  }
}

/** Asks the app as the network would. */
function inProcess(handler: ServeHandler) {
  return async (request: Request) => await handler(request, FROM_HERE);
}

const FROM_HERE: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 0 },
  completed: Promise.resolve(),
};

function show({ event, deliveries }: LogEntry): SandboxEvent {
  const { object } = event.data;
  return {
    id: event.id,
    type: event.type,
    objectId: "id" in object && typeof object.id === "string"
      ? object.id
      : null,
    createdAtMs: event.created * 1_000,
    json: JSON.stringify(event, null, 2),
    deliveries: deliveries.map((delivery) => ({
      id: delivery.id,
      url: delivery.url,
      byHand: delivery.byHand,
      state: delivery.state,
      dueAtMs: delivery.dueMs,
      attempts: delivery.attempts,
    })),
  };
}
