import { key } from "./keys.ts";
import { listPage } from "./kv_read.ts";
import { withRetry } from "./kv_retry.ts";
import { notDeleted } from "./tombstones.ts";

/** A credit pack whose payment is still processing, or failed recently. */
export interface PendingPurchase {
  /** The Checkout session: `cs_…`. */
  sessionId: string;
  /** The description that the ledger entry will have. */
  description: string;
  tokens: number;
  /** `on_its_way`: processing. `failed`: no tokens were added. */
  state: "on_its_way" | "failed";
  /** When this state was first seen. */
  sinceMs: number;
  expiresAtMs: number;
}

/** A pending purchase with the version at which it was read. */
export interface StoredPendingPurchase extends PendingPurchase {
  versionstamp: string;
}

/** A pending purchase to write in place of the former one. */
interface PendingPurchaseWrite {
  pack: PendingPurchase;
  /** The record as read before; null if there was none. */
  former: StoredPendingPurchase | null;
  nowMs: number;
}

/** Credit packs with delayed payments. */
export interface PendingPurchaseStore {
  readPendingPurchase(
    orgId: string,
    sessionId: string,
  ): Promise<StoredPendingPurchase | null>;
  /** @returns False if the record has changed since it was read. */
  writePendingPurchase(
    orgId: string,
    write: PendingPurchaseWrite,
  ): Promise<boolean>;
  /**
   * Lists at most 20, oldest first. May contain purchases whose payment has
   * arrived in the meantime.
   */
  listPendingPurchases(
    orgId: string,
    nowMs: number,
  ): Promise<PendingPurchase[]>;
  /** Deletes a record, whatever its version. */
  clearPendingPurchase(orgId: string, sessionId: string): Promise<void>;
}

const MAX_LISTED = 20;

export function pendingPurchaseStore(kv: Deno.Kv): PendingPurchaseStore {
  return {
    async readPendingPurchase(orgId, sessionId) {
      const { value, versionstamp } = await withRetry(() =>
        kv.get<PendingPurchase>(key.pendingPurchase(orgId, sessionId))
      );
      return value && { ...value, versionstamp };
    },
    async writePendingPurchase(orgId, { pack, former, nowMs }) {
      const record = key.pendingPurchase(orgId, pack.sessionId);
      const versionstamp = former?.versionstamp ?? null;
      const commit = kv.atomic().check({ key: record, versionstamp })
        .check(notDeleted(orgId)).set(record, pack, {
          expireIn: pack.expiresAtMs - nowMs,
        });
      return (await withRetry(() => commit.commit())).ok;
    },
    async listPendingPurchases(orgId, nowMs) {
      const page = { limit: MAX_LISTED, cursor: null };
      const { entries } = await listPage<PendingPurchase>(
        kv,
        key.pendingPurchases(orgId),
        page,
      );
      return entries.map(({ value }) => value)
        .filter(({ expiresAtMs }) => nowMs < expiresAtMs)
        .toSorted((a, b) => a.sinceMs - b.sinceMs);
    },
    async clearPendingPurchase(orgId, sessionId) {
      await withRetry(() => kv.delete(key.pendingPurchase(orgId, sessionId)));
    },
  };
}
