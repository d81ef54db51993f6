import type { ServeHandler } from "./guard.ts";

/** What the local Stripe tells of, as the sandbox's page shows it. */
export interface SandboxEvents {
  /**
   * Where the app takes its events: its own handler, in this process, or with
   * null by HTTP at its address. Until then they wait.
   */
  connect(handler: ServeHandler | null): void;
  /**
   * Delivers in the background, for as long as the app serves.
   *
   * @returns What ends that, once all in hand is delivered.
   */
  start(): () => Promise<void>;
  /** A page of what happened, newest first. */
  list(
    query: { type: string | null; before: string | null },
  ): Promise<SandboxEventPage>;
  /** One event; null when there is none. */
  find(eventId: string): Promise<SandboxEvent | null>;
  /**
   * Sends an event once more.
   *
   * @returns False for an event that does not exist.
   */
  send(eventId: string, way: SendWay): Promise<boolean>;
  /** Turns what becomes of the events to come. */
  turn(to: KeepWay): Promise<void>;
}

/** Ways to send an event once more. */
export const SEND_WAYS = ["again", "twice", "late", "out_of_order"] as const;
export type SendWay = typeof SEND_WAYS[number];

/** What may become of the events to come, or of those that were kept. */
export const KEEP_WAYS = [
  "hold",
  "swap",
  "release",
  "release_newest_first",
] as const;
export type KeepWay = typeof KEEP_WAYS[number];

/** A page of events. */
export interface SandboxEventPage {
  events: SandboxEvent[];
  /** Where the next page begins; null on the last. */
  next: string | null;
  /** The types that there are, to choose from. */
  types: string[];
  /** What becomes of the events to come. */
  keeping: "nothing" | "all" | "two";
}

/** An event and its way to the app. */
export interface SandboxEvent {
  /** `evt_…` */
  id: string;
  type: string;
  /** What it tells of, `cus_…`; null for what has no id. */
  objectId: string | null;
  /** As Stripe says it; test clocks move it. */
  createdAtMs: number;
  /** As endpoints receive it. */
  json: string;
  /** Oldest first. */
  deliveries: SandboxDelivery[];
}

/** An event's way to one endpoint. */
export interface SandboxDelivery {
  id: string;
  url: string;
  /** Sent by hand, so tried once. */
  byHand: boolean;
  state: "waiting" | "delivered" | "failed";
  /** When it is tried next, while it waits. */
  dueAtMs: number;
  attempts: SandboxAttempt[];
}

/** One try. */
export interface SandboxAttempt {
  atMs: number;
  /** Null when there was no answer. */
  status: number | null;
  /** Null when it arrived. */
  failure: string | null;
}
