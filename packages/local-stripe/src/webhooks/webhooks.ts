import { catchUpAll } from "../billing/subscription_actions.ts";
import type { Context } from "../context.ts";
import { newEndpoint } from "../resources/webhook_endpoints.ts";
import { Dispatcher, type InProcess } from "./dispatcher.ts";
import {
  allEndpoints,
  liveSecrets,
  newEndpointExtra,
  WEBHOOK_ENDPOINT,
} from "./endpoints.ts";
import {
  type LogEntry,
  type LogPage,
  type LogQuery,
  readEntry,
  readLog,
  recentTypes,
} from "./delivery_log.ts";
import { DeliveryLoop } from "./delivery_loop.ts";
import {
  type AgainOptions,
  type HoldState,
  readHoldState,
  rollSecret,
  sendAgain,
  sendOutOfOrder,
  setHoldState,
} from "./delivery_controls.ts";

export type { Attempt, Delivery } from "./deliveries.ts";
export type { LogEntry, LogPage, LogQuery } from "./delivery_log.ts";
export type { AgainOptions, HoldState } from "./delivery_controls.ts";

/** How events are sent: what a test and the sandbox's page turn. */
export interface DeliveryControls {
  /** Delivers what is due now, and what that leads to. Leaves no timer behind. */
  drain(): Promise<void>;
  /** Has an event sent once more: see {@linkcode AgainOptions}. `drain` sends it. */
  sendAgain(eventId: string, options?: AgainOptions): Promise<void>;
  /** Has an event sent again, and after it the one that happened before it. */
  sendOutOfOrder(eventId: string): Promise<void>;
  /** From now on nothing is sent; what happens waits. */
  hold(): Promise<void>;
  /** Keeps the next two events until both are there, then sends the second one first. */
  swapNext(): Promise<void>;
  /** Sends what waits, in its order or the newest first, and from then on what comes. */
  release(options?: { newestFirst?: boolean }): Promise<void>;
  /** How the switches stand. */
  holdState(): Promise<HoldState>;
  /**
   * Gives an endpoint a new secret; the old one counts beside it for `overlapMs`, a day at most.
   *
   * @returns The new secret.
   */
  rollSecret(endpointId: string, overlapMs: number): Promise<string>;
}

/** The seam to whoever hosts the local Stripe. */
export interface Webhooks {
  /**
   * The enabled endpoint with this URL, made when there is none: for all events.
   *
   * @returns Its signing secrets, the newest first. They are in the store, so that they are the same
   * after a restart.
   */
  endpointSecrets(url: string): Promise<string[]>;
  /** Where a URL is answered in this process; with `post: null` its events wait until it is. */
  connect(inProcess: InProcess): void;
  /** Delivers in the background. @returns What stops it, once all in hand is delivered. */
  start(): () => Promise<void>;
  /** Delivers what is due now, but waits no longer than this for it, in milliseconds. */
  deliverDue(withinMs: number): Promise<void>;
  /** What happened, and what became of it. */
  log(query: LogQuery): Promise<LogPage>;
  entry(eventId: string): Promise<LogEntry | null>;
  types(): Promise<string[]>;
}

/** Longer than anybody should take to acknowledge an event. */
const TIMEOUT_MS = 20_000;

/** Puts delivery together; `wake` is for after something may have happened. */
export function createWebhooks(
  context: Context,
  timeoutMs: number = TIMEOUT_MS,
): {
  webhooks: Webhooks;
  deliveryControls: DeliveryControls;
  wake: () => void;
} {
  const dispatcher = new Dispatcher(context, timeoutMs);
  const scheduler = () => catchUpAll(context);
  const loop = new DeliveryLoop({ dispatcher, scheduler, now: context.now });
  const wake = () => loop.wake();
  const webhooks: Webhooks = {
    endpointSecrets: (url) => endpointSecrets(context, url),
    connect: (inProcess) => dispatcher.connect(inProcess),
    start() {
      loop.start();
      return () => loop.stop();
    },
    deliverDue: (withinMs) => deliverDue(dispatcher, withinMs),
    log: (query) => readLog(context, query),
    entry: (eventId) => readEntry(context, eventId),
    types: () => recentTypes(context),
  };
  return {
    webhooks,
    deliveryControls: createDeliveryControls(context, dispatcher, wake),
    wake,
  };
}

async function deliverDue(
  dispatcher: Dispatcher,
  withinMs: number,
): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, withinMs);
  const work = dispatcher.drain();
  // Nobody may be waiting any more when it fails.
  work.catch((error) =>
    console.error("The local Stripe cannot deliver events:", error)
  );
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function createDeliveryControls(
  context: Context,
  dispatcher: Dispatcher,
  wake: () => void,
): DeliveryControls {
  return {
    drain: () => dispatcher.drain(),
    async sendAgain(eventId, options) {
      await sendAgain(context, eventId, options);
      wake();
    },
    async sendOutOfOrder(eventId) {
      await sendOutOfOrder(context, eventId);
      wake();
    },
    hold: () => setHoldState(context, { held: true, swapNext: false }),
    swapNext: () => setHoldState(context, { held: false, swapNext: true }),
    release: ({ newestFirst = false } = {}) =>
      dispatcher.release({ newestFirst }),
    holdState: () => readHoldState(context),
    rollSecret: (endpointId, overlapMs) =>
      rollSecret(context, endpointId, overlapMs),
  };
}

async function endpointSecrets(
  context: Context,
  url: string,
): Promise<string[]> {
  const found = (await allEndpoints(context)).find(({ object }) =>
    object.url === url && object.status === "enabled"
  );
  const extra = found?.extra ?? newEndpointExtra();
  if (found === undefined) {
    const object = newEndpoint(context, {
      url,
      enabled_events: ["*"],
      description: "The app beside this local Stripe",
    });
    const createdMs = context.now();
    await context.store.insert(WEBHOOK_ENDPOINT, { object, extra, createdMs });
  }
  return liveSecrets(extra, context.now());
}
