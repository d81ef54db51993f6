import type { Store } from "./store.ts";

/** What every resource works with. */
export interface Context {
  store: Store;
  /** Base of the hosted pages, no trailing slash. */
  pagesUrl: string;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Stripe's times: whole seconds since the epoch. */
export function nowSec(context: Context): number {
  return Math.floor(context.now() / 1_000);
}
