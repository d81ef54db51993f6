import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";

/** An organization's open Checkout session. Its URL stays at Stripe. */
export interface OpenCheckout {
  /** `cs_…` */
  sessionId: string;
  /** A plan or a credit pack of the catalogue, by id. */
  choice: { plan: string; interval: "month" | "year" } | { credits: string };
  expiresAtMs: number;
}

export interface StoredCheckout extends OpenCheckout {
  versionstamp: string;
}

/** What a paid session is to bring, whatever its metadata says by then. */
export interface SoldPack {
  orgId: string;
  pack: string;
  /** After this the record counts no longer. */
  expiresAtMs: number;
}

/** How long a payment that takes its time can still find what it bought. */
export const SOLD_MS = 90 * 24 * 60 * 60 * 1000;

export interface CheckoutWrite {
  checkout: OpenCheckout;
  /** What was read before; null for nothing. */
  former: StoredCheckout | null;
  nowMs: number;
}

/** Checkout sessions, one open at a time for each organization. */
export interface CheckoutStore {
  readCheckout(orgId: string): Promise<StoredCheckout | null>;
  /**
   * Notes a session as the organization's open one, and what it sells if that
   * is a pack, before its URL is given to anybody.
   *
   * @returns Whether it stands now: false where another session was first.
   */
  writeCheckout(orgId: string, write: CheckoutWrite): Promise<boolean>;
  /** What a session sells, as noted when it was made; null: nothing known. */
  readSold(sessionId: string, nowMs: number): Promise<SoldPack | null>;
  /** Forgets an organization's open session if it is this one. */
  clearCheckout(orgId: string, sessionId: string): Promise<void>;
}

export function checkoutStore(kv: Deno.Kv): CheckoutStore {
  return {
    readCheckout: (orgId) => readCheckout(kv, orgId),
    writeCheckout: (orgId, write) => writeCheckout(kv, orgId, write),
    async readSold(sessionId, nowMs) {
      const { value } = await withRetry(() =>
        kv.get<SoldPack>(key.checkoutSession(sessionId))
      );
      return value !== null && nowMs < value.expiresAtMs ? value : null;
    },
    async clearCheckout(orgId, sessionId) {
      const stored = await readCheckout(kv, orgId);
      if (stored?.sessionId !== sessionId) return;
      const { versionstamp } = stored;
      const open = key.checkout(orgId);
      await withRetry(() =>
        kv.atomic().check({ key: open, versionstamp }).delete(open).commit()
      );
    },
  };
}

async function readCheckout(
  kv: Deno.Kv,
  orgId: string,
): Promise<StoredCheckout | null> {
  const { value, versionstamp } = await withRetry(() =>
    kv.get<OpenCheckout>(key.checkout(orgId))
  );
  return value && { ...value, versionstamp };
}

async function writeCheckout(
  kv: Deno.Kv,
  orgId: string,
  { checkout, former, nowMs }: CheckoutWrite,
): Promise<boolean> {
  const { sessionId, choice } = checkout;
  const versionstamp = former?.versionstamp ?? null;
  const commit = kv.atomic()
    .check({ key: key.checkout(orgId), versionstamp })
    .set(key.checkout(orgId), checkout);
  if ("credits" in choice) {
    const sold: SoldPack = {
      orgId,
      pack: choice.credits,
      expiresAtMs: nowMs + SOLD_MS,
    };
    commit.set(key.checkoutSession(sessionId), sold, { expireIn: SOLD_MS });
  }
  await withRetry(() => commit.commit());
  // Over KV Connect a commit that took effect may be reported as refused.
  return (await readCheckout(kv, orgId))?.sessionId === sessionId;
}
