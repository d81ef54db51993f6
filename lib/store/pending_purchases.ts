import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";

/** A pack that was bought by a payment which takes its time. */
export interface PendingPurchase {
  /** `cs_…`, the Checkout session. */
  sessionId: string;
  /** As the ledger will have it. */
  description: string;
  tokens: number;
  /** `failed`: the money did not come, and nothing was added. */
  state: "on_its_way" | "failed";
  /** Since when it is known to stand so. */
  sinceMs: number;
  /** After this the record counts no longer. */
  expiresAtMs: number;
}

export interface StoredPendingPurchase extends PendingPurchase {
  versionstamp: string;
}

export interface PendingPurchaseWrite {
  pack: PendingPurchase;
  /** What was read before; null for nothing. */
  former: StoredPendingPurchase | null;
  nowMs: number;
}

/** Packs whose payment is awaited, or failed lately. */
export interface PendingPurchaseStore {
  readAwaited(
    orgId: string,
    sessionId: string,
  ): Promise<StoredPendingPurchase | null>;
  /** @returns False where somebody else has written meanwhile. */
  writePendingPurchase(
    orgId: string,
    write: PendingPurchaseWrite,
  ): Promise<boolean>;
  /** At most 20, the oldest first; also those that have arrived since. */
  listPendingPurchases(
    orgId: string,
    nowMs: number,
  ): Promise<PendingPurchase[]>;
  /** Forgets a record, whatever it says by now. */
  clearAwaited(orgId: string, sessionId: string): Promise<void>;
}

const MAX_LISTED = 20;

export function pendingPurchaseStore(kv: Deno.Kv): PendingPurchaseStore {
  return {
    async readAwaited(orgId, sessionId) {
      const { value, versionstamp } = await withRetry(() =>
        kv.get<PendingPurchase>(key.pendingPurchase(orgId, sessionId))
      );
      return value && { ...value, versionstamp };
    },
    async writePendingPurchase(orgId, { pack, former, nowMs }) {
      const record = key.pendingPurchase(orgId, pack.sessionId);
      const versionstamp = former?.versionstamp ?? null;
      const commit = kv.atomic().check({ key: record, versionstamp })
        .set(record, pack, { expireIn: pack.expiresAtMs - nowMs });
      return (await withRetry(() => commit.commit())).ok;
    },
    async listPendingPurchases(orgId, nowMs) {
      const options = { limit: MAX_LISTED, batchSize: MAX_LISTED };
      const entries = await withRetry(() =>
        Array.fromAsync(
          kv.list<PendingPurchase>(
            { prefix: key.pendingPurchases(orgId) },
            options,
          ),
        )
      );
      return entries.map(({ value }) => value)
        .filter(({ expiresAtMs }) => nowMs < expiresAtMs)
        .toSorted((a, b) => a.sinceMs - b.sinceMs);
    },
    async clearAwaited(orgId, sessionId) {
      await withRetry(() => kv.delete(key.pendingPurchase(orgId, sessionId)));
    },
  };
}
