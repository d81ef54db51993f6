import type { Store } from "./store/store.ts";

/** The brand and the links in the account's settings. */
export interface Branding {
  /** URL of an image. */
  logo?: string | undefined;
  /** `#rrggbb`, with enough contrast for white text. */
  primaryColor?: string | undefined;
  supportUrl?: string | undefined;
  termsUrl?: string | undefined;
  privacyUrl?: string | undefined;
}

/** What every operation needs: the store, the clock and the settings of this local Stripe. */
export interface Context {
  store: Store;
  /** Base URL of the hosted pages, no trailing slash. */
  pagesUrl: string;
  /** Name of the business that sells, as pages, invoices and the account show it. */
  businessName: string;
  branding: Branding;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Refuse requests of other API versions. */
  strictVersion?: boolean;
  /** The API request that causes the events; events without one are automatic. */
  request?: { id: string; idempotencyKey: string | null };
}

/** The current time as Stripe's API has it: whole seconds since the epoch. */
export function nowSec(context: Context): number {
  return Math.floor(context.now() / 1_000);
}

/** Path of the hosted pages, no trailing slash. */
export function pagesPath(context: Context): string {
  return new URL(context.pagesUrl).pathname.replace(/\/+$/, "");
}
