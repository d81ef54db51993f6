import type { ServeHandler } from "@/lib/http/guard.ts";
import type {
  HoldAction,
  ResendMode,
  SandboxClock,
  SandboxEvent,
  SandboxEvents,
} from "@/lib/sandbox.ts";
import { PEOPLE } from "./fixtures.ts";
import type {
  AgainOptions,
  CustomerClock,
  LocalStripe,
  LogEntry,
} from "local-stripe";

const PAGE_SIZE = 25;

/** How long a request waits for deliveries to finish. */
const SETTLE_TIMEOUT_MS = 3_000;

/** Creates the console for the events that the local Stripe sends to `url`. */
export function createWebhookConsole(
  { clocks, controls, webhooks }: LocalStripe,
  url: string,
): SandboxEvents {
  // Deliveries wait until `connect` is called.
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
      return {
        events: log.entries.map(toSandboxEvent),
        next: log.next,
        types,
        held: held ? "all" : swapNext ? "next_two" : "none",
      };
    },
    async find(eventId) {
      const entry = await webhooks.entry(eventId);
      return entry && toSandboxEvent(entry);
    },
    async resend(eventId, mode) {
      if (await webhooks.entry(eventId) === null) return false;
      if (mode === "out_of_order") await controls.sendOutOfOrder(eventId);
      else await controls.sendAgain(eventId, RESEND_OPTIONS[mode]);
      await webhooks.deliverDue(SETTLE_TIMEOUT_MS);
      return true;
    },
    async applyHold(action) {
      await applyHold(controls, action);
      await webhooks.deliverDue(SETTLE_TIMEOUT_MS);
    },
    async clocks() {
      const all = await clocks.list();
      return all.filter(({ hasTestClock }) => !hasTestClock).map(
        toSandboxClock,
      );
    },
    timeOf: (customerId) => clocks.now(customerId),
    async advanceClock(customerId, step) {
      const moved = await clocks.step(customerId, step);
      await webhooks.deliverDue(SETTLE_TIMEOUT_MS);
      return moved;
    },
  };
}

const RESEND_OPTIONS: Record<
  Exclude<ResendMode, "out_of_order">,
  AgainOptions
> = {
  again: {},
  twice: { times: 2 },
  late: { delayMs: 60_000 },
};

function toSandboxClock(clock: CustomerClock): SandboxClock {
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

function applyHold(
  controls: LocalStripe["controls"],
  action: HoldAction,
): Promise<void> {
  switch (action) {
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

/** Delivers through the app's handler, without the network. */
function inProcess(handler: ServeHandler) {
  return async (request: Request) => await handler(request, LOOPBACK_INFO);
}

const LOOPBACK_INFO: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 0 },
  completed: Promise.resolve(),
};

function toSandboxEvent({ event, deliveries }: LogEntry): SandboxEvent {
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
      manual: delivery.byHand,
      state: delivery.state,
      dueAtMs: delivery.dueMs,
      attempts: delivery.attempts,
    })),
  };
}
