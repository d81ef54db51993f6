/** The sandbox's parts, as the app uses them. */
export interface Sandbox {
  /** The local sign-in; null if session tokens come from elsewhere. */
  readonly identity: SandboxIdentity | null;
  /** Hosted pages of the local Stripe; null with a Stripe key. */
  readonly stripePages: ((request: Request) => Promise<Response>) | null;
  /** Events of the local Stripe; null with a Stripe key. */
  readonly events: SandboxEvents | null;
}

/** A test user. */
export interface SandboxPerson {
  /** `user_…` */
  id: string;
  name: string;
  email: string;
  memberships: readonly SandboxMembership[];
}

export interface SandboxMembership {
  orgId: string;
  orgName: string;
  /** `org:<role>` */
  role: string;
  /** A short description of the view that it gives. */
  about: string;
}

/** The local sign-in: test users with real signed tokens. */
export interface SandboxIdentity {
  readonly people: readonly SandboxPerson[];
  /**
   * Signs a browser in.
   *
   * @returns `Set-Cookie` values; null if the user or membership is unknown.
   */
  signIn(choice: SandboxChoice): Promise<string[] | null>;
  /**
   * Issues a new token to a browser whose token has expired.
   *
   * @returns `Set-Cookie` values; null if the browser is not signed in.
   */
  refresh(request: Request): Promise<string[] | null>;
  /** Returns the `Set-Cookie` values that end the browser's session. */
  signOut(request: Request): Promise<string[]>;
}

export interface SandboxChoice {
  userId: string;
  /** Null: without an organization. */
  orgId: string | null;
}

/** The local Stripe's events, deliveries and clocks. */
export interface SandboxEvents {
  /**
   * Sets how the app receives its events: through `handler` in this process,
   * or, with null, over HTTP at its URL. Until then, deliveries wait.
   */
  connect(handler: Deno.ServeHandler | null): void;
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
  /** Returns a customer's time, in milliseconds since the Unix epoch. */
  timeOf(customerId: string): Promise<number>;
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
