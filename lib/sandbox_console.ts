import { isLoopback } from "@/lib/config/config.ts";
import type { ServeHandler } from "@/lib/http/guard.ts";
import { BillingError } from "./errors.ts";
import type { Services } from "./services.ts";

/**
 * Returns the sandbox's webhook console.
 *
 * @throws {BillingError} `not_found` unless {@linkcode hasSandboxPage}.
 */
export function requireSandboxEvents(
  { config, sandbox }: Pick<Services, "config" | "sandbox">,
): SandboxEvents {
  const events = sandbox?.events;
  if (events && hasSandboxPage({ config, sandbox })) return events;
  throw new BillingError("not_found", "There is nothing here");
}

/**
 * Reports whether the sandbox console is available: only while the local Stripe
 * runs in this process and the app's URL is a loopback address.
 */
export function hasSandboxPage(
  { config, sandbox }: Pick<Services, "config" | "sandbox">,
): boolean {
  return Boolean(sandbox?.events) && isLoopback(config.appUrl);
}

/** The local Stripe's events, deliveries and clocks. */
export interface SandboxEvents {
  /**
   * Sets how the app receives its events: through `handler` in this process,
   * or, with null, over HTTP at its URL. Until then, deliveries wait.
   */
  connect(handler: ServeHandler | null): void;
  /**
   * Starts delivering events in the background.
   *
   * @returns A function that stops it after the deliveries in progress.
   */
  start(): () => Promise<void>;
  /** Returns a page of events, newest first. */
  list(
    query: { type: string | null; before: string | null },
  ): Promise<SandboxEventPage>;
  /** Returns the event; null if it does not exist. */
  find(eventId: string): Promise<SandboxEvent | null>;
  /**
   * Sends an event again.
   *
   * @returns False if the event does not exist.
   */
  resend(eventId: string, mode: ResendMode): Promise<boolean>;
  /** Holds, reorders or releases upcoming events. */
  applyHold(action: HoldAction): Promise<void>;
  /** Returns the clocks of the most recently created customers. */
  clocks(): Promise<SandboxClock[]>;
  /**
   * Advances a customer's clock and processes everything due until then.
   *
   * @returns False if the step does not apply to the customer.
   */
  advanceClock(customerId: string, step: ClockStep): Promise<boolean>;
}

/** Steps by which a customer's clock can be advanced. */
export const CLOCK_STEPS = ["day", "month", "trial_end", "renewal"] as const;
export type ClockStep = typeof CLOCK_STEPS[number];

/** A customer's clock. */
export interface SandboxClock {
  /** `cus_…` */
  customerId: string;
  /** The name of the organization or the customer, else its id. */
  name: string;
  nowMs: number;
  /** Null without a running trial. */
  trialEndMs: number | null;
  /** Null without a subscription. */
  renewalMs: number | null;
}

/** How an event can be sent again. */
export const RESEND_MODES = ["again", "twice", "late", "out_of_order"] as const;
export type ResendMode = typeof RESEND_MODES[number];

/** Actions on upcoming or held events. */
export const HOLD_ACTIONS = [
  "hold",
  "swap",
  "release",
  "release_newest_first",
] as const;
export type HoldAction = typeof HOLD_ACTIONS[number];

/** A page of events. */
export interface SandboxEventPage {
  events: SandboxEvent[];
  /** Cursor of the next page; null on the last. */
  next: string | null;
  /** All event types in the log. */
  types: string[];
  /** Which upcoming events are held. */
  held: "none" | "all" | "next_two";
}

/** An event and its deliveries. */
export interface SandboxEvent {
  /** `evt_…` */
  id: string;
  type: string;
  /** Id of the event's object, such as `cus_…`; null if it has none. */
  objectId: string | null;
  /** Stripe's time, which a test clock may have advanced. */
  createdAtMs: number;
  /** The request body that endpoints receive. */
  json: string;
  /** Oldest first. */
  deliveries: SandboxDelivery[];
}

/** The delivery of an event to one endpoint. */
export interface SandboxDelivery {
  id: string;
  url: string;
  /** Sent from the console, and therefore not retried. */
  manual: boolean;
  state: "waiting" | "delivered" | "failed";
  /** Time of the next attempt, while `state` is `waiting`. */
  dueAtMs: number;
  attempts: SandboxAttempt[];
}

/** One delivery attempt. */
export interface SandboxAttempt {
  atMs: number;
  /** Null without a response. */
  status: number | null;
  /** Null if the delivery succeeded. */
  failure: string | null;
}

/**
 * Reads a form field that must have one of the given values.
 *
 * @throws {BillingError} `validation_error` for any other value.
 */
export function readChoice<const Choice extends string>(
  form: URLSearchParams,
  name: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((choice) => choice === form.get(name));
  if (choice !== undefined) return choice;
  throw new BillingError("validation_error", "There is no such choice");
}
