import type { Store } from "./store/store.ts";

/** What every resource works with. */
export interface Context {
  store: Store;
  /** Base of the hosted pages, no trailing slash. */
  pagesUrl: string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** The API request at work, for the events that it leads to; without one they are automatic. */
  request?: { id: string; idempotencyKey: string | null };
}

/** Stripe's times: whole seconds since the epoch. */
export function nowSec(context: Context): number {
  return Math.floor(context.now() / 1_000);
}

/** Whose money it would be. */
export const BUSINESS_NAME = "Portico";
