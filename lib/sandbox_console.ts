import { isLoopback } from "@/lib/config/config.ts";
import { BillingError } from "./errors.ts";
import type { ServeHandler } from "@/lib/http/guard.ts";
import type { Services } from "./services.ts";

/**
 * The sandbox's page is for whoever sits at this machine: it is there only
 * while the local Stripe is in this process, and nobody else can reach it.
 *
 * @throws {BillingError} `not_found`
 */
export function requireSandboxEvents(
  { config, sandbox }: Pick<Services, "config" | "sandbox">,
): SandboxEvents {
  const events = sandbox?.events;
  if (events && hasSandboxPage({ config, sandbox })) return events;
  throw new BillingError("not_found", "There is nothing here");
}

/** Whether the sandbox's page is there. */
export function hasSandboxPage(
  { config, sandbox }: Pick<Services, "config" | "sandbox">,
): boolean {
  return Boolean(sandbox?.events) && isLoopback(config.appUrl);
}

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
  /** What time it is for the customers that were made last. */
  clocks(): Promise<SandboxClock[]>;
  /**
   * Moves a customer's time on, and does all that falls due until then.
   *
   * @returns False where there is no such step for the customer.
   */
  moveClock(customerId: string, step: ClockStep): Promise<boolean>;
}

/** Where a customer's time can be moved to. */
export const CLOCK_STEPS = ["day", "month", "trial_end", "renewal"] as const;
export type ClockStep = typeof CLOCK_STEPS[number];

/** A customer's own time. */
export interface SandboxClock {
  /** `cus_…` */
  customerId: string;
  /** The organization's name, or else the customer's or its id. */
  name: string;
  nowMs: number;
  /** Null without a trial that goes on. */
  trialEndMs: number | null;
  /** Null without a subscription. */
  renewalMs: number | null;
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

/**
 * One of the words that a form offers.
 *
 * @throws {BillingError} `validation_error` for any other.
 */
export function readChoice<const Word extends string>(
  form: URLSearchParams,
  name: string,
  words: readonly Word[],
): Word {
  const word = words.find((word) => word === form.get(name));
  if (word !== undefined) return word;
  throw new BillingError("validation_error", "There is no such choice");
}
