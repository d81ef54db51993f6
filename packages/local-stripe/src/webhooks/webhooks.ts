import type { Context } from "../context.ts";
import {
  type LogEntry,
  type LogPage,
  type LogQuery,
  readEntry,
  readLog,
  recentTypes,
} from "./delivery_log.ts";
import type { DeliveryLoop } from "./delivery_loop.ts";
import type { Dispatcher, InProcess } from "./dispatcher.ts";
import { endpointSecrets } from "./endpoints.ts";

/** Webhooks, for the program that hosts the local Stripe. */
export class Webhooks {
  readonly #context: Context;
  readonly #dispatcher: Dispatcher;
  readonly #loop: DeliveryLoop;

  constructor(context: Context, dispatcher: Dispatcher, loop: DeliveryLoop) {
    this.#context = context;
    this.#dispatcher = dispatcher;
    this.#loop = loop;
  }

  /**
   * The signing secrets of the enabled endpoint with this URL, newest first. If necessary, creates
   * an endpoint for all events. The secrets survive a restart.
   */
  endpointSecrets(url: string): Promise<string[]> {
    return endpointSecrets(this.#context, url);
  }

  /** Delivers to a URL without the network; events wait while `post` is `null`. */
  connect(inProcess: InProcess): void {
    this.#dispatcher.connect(inProcess);
  }

  /** Delivers in the background. @returns A function that stops, after deliveries in progress. */
  start(): () => Promise<void> {
    this.#loop.start();
    return () => this.#loop.stop();
  }

  /** Delivers due events, waiting at most this long; the rest continues in the background. */
  deliverDue(withinMs: number): Promise<void> {
    return this.#dispatcher.drainWithin(withinMs);
  }

  /** A page of events with their deliveries, newest first. */
  log(query: LogQuery): Promise<LogPage> {
    return readLog(this.#context, query);
  }

  /** One event with its deliveries; `null` for an unknown id. */
  entry(eventId: string): Promise<LogEntry | null> {
    return readEntry(this.#context, eventId);
  }

  /** The types of recent events, sorted. */
  types(): Promise<string[]> {
    return recentTypes(this.#context);
  }
}
