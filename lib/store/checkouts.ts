import { type Actor, addActivity, OPERATOR, STRIPE } from "./activity.ts";
import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";
import { notDeleted } from "./tombstones.ts";

/** An organization's open Checkout session. Its URL is not stored. */
interface OpenCheckout {
  /** `cs_…` */
  sessionId: string;
  /** A plan or a credit pack of the catalogue, by id. */
  choice: { plan: string; interval: "month" | "year" } | { credits: string };
  expiresAtMs: number;
}

/** An open Checkout session with the version at which it was read. */
export interface StoredCheckout extends OpenCheckout {
  versionstamp: string;
}

/**
 * The credit pack that a session sells. Its payment adds these tokens, whatever
 * the session's metadata says.
 */
interface SoldPack extends Partial<PackTerms> {
  orgId: string;
  pack: string;
  expiresAtMs: number;
}

/**
 * The pack's terms when it was sold, as the catalogue may change before it is
 * paid. Records of older versions lack them.
 */
export interface PackTerms {
  /** For the ledger. */
  name: string;
  tokens: number;
}

/** How long a session's pack is kept for a delayed payment. */
const SOLD_PACK_KEPT_MS = 90 * 24 * 60 * 60 * 1000;

/** A Checkout session to write in place of the former one. */
interface CheckoutWrite {
  checkout: OpenCheckout;
  /** The record as read before; null if there was none. */
  former: StoredCheckout | null;
  nowMs: number;
  /** For a credit pack. */
  pack?: PackTerms | null;
  /** Actor recorded in the activity; the operator by default. */
  actor?: Actor | undefined;
}

/** Checkout sessions, at most one open for each organization. */
export interface CheckoutStore {
  readCheckout(orgId: string): Promise<StoredCheckout | null>;
  /**
   * Writes the organization's open session, and the credit pack that it sells,
   * if any. Called before the session's URL is used.
   *
   * @returns False if another session was written first, or if the
   * organization was deleted.
   */
  writeCheckout(orgId: string, write: CheckoutWrite): Promise<boolean>;
  /** Reads the credit pack that a session sells; null if unknown or expired. */
  readSoldPack(sessionId: string, nowMs: number): Promise<SoldPack | null>;
  /**
   * Deletes an organization's open session, if it is this one.
   *
   * @param completedAtMs When it was completed, for the activity; absent for a
   * session that expired.
   */
  clearCheckout(
    orgId: string,
    sessionId: string,
    completedAtMs?: number,
  ): Promise<void>;
}

export function checkoutStore(kv: Deno.Kv): CheckoutStore {
  return {
    readCheckout: (orgId) => readCheckout(kv, orgId),
    writeCheckout: (orgId, write) => writeCheckout(kv, orgId, write),
    async readSoldPack(sessionId, nowMs) {
      const { value } = await withRetry(() =>
        kv.get<SoldPack>(key.checkoutSession(sessionId))
      );
      return value !== null && nowMs < value.expiresAtMs ? value : null;
    },
    clearCheckout: (orgId, sessionId, completedAtMs) =>
      clearCheckout(kv, { orgId, sessionId, completedAtMs }),
  };
}

async function clearCheckout(
  kv: Deno.Kv,
  { orgId, sessionId, completedAtMs }: {
    orgId: string;
    sessionId: string;
    completedAtMs: number | undefined;
  },
): Promise<void> {
  const stored = await readCheckout(kv, orgId);
  if (stored?.sessionId !== sessionId) return;
  const { versionstamp, choice } = stored;
  const record = key.checkout(orgId);
  const commit = kv.atomic().check({ key: record, versionstamp })
    .delete(record);
  if (completedAtMs !== undefined) {
    addActivity(commit, orgId, {
      action: "checkout.completed",
      atMs: completedAtMs,
      actor: STRIPE,
      details: choice,
    });
  }
  await withRetry(() => commit.commit());
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
  { checkout, former, nowMs, pack, actor = OPERATOR }: CheckoutWrite,
): Promise<boolean> {
  const { sessionId, choice } = checkout;
  const versionstamp = former?.versionstamp ?? null;
  const commit = kv.atomic()
    .check({ key: key.checkout(orgId), versionstamp })
    .check(notDeleted(orgId))
    .set(key.checkout(orgId), checkout);
  addActivity(commit, orgId, {
    action: "checkout.started",
    atMs: nowMs,
    actor,
    details: choice,
  });
  if ("credits" in choice) {
    const sold: SoldPack = {
      orgId,
      pack: choice.credits,
      ...pack,
      expiresAtMs: nowMs + SOLD_PACK_KEPT_MS,
    };
    commit.set(key.checkoutSession(sessionId), sold, {
      expireIn: SOLD_PACK_KEPT_MS,
    });
  }
  await withRetry(() => commit.commit());
  // KV Connect may report a commit as refused although it took effect.
  return (await readCheckout(kv, orgId))?.sessionId === sessionId;
}
