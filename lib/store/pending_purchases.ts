import { key } from "./keys.ts";
import { persist } from "./kv_retry.ts";

/** A pack that was bought by a payment which takes its time. */
export interface AwaitedPack {
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

export interface StoredAwaitedPack extends AwaitedPack {
  versionstamp: string;
}

export interface AwaitedWrite {
  pack: AwaitedPack;
  /** What was read before; null for nothing. */
  former: StoredAwaitedPack | null;
  nowMs: number;
}

/** Packs whose payment is awaited, or failed lately. */
export interface AwaitedPackStore {
  readAwaited(
    orgId: string,
    sessionId: string,
  ): Promise<StoredAwaitedPack | null>;
  /** @returns False where somebody else has written meanwhile. */
  writeAwaited(orgId: string, write: AwaitedWrite): Promise<boolean>;
  /** At most 20, the oldest first; also those that have arrived since. */
  listAwaited(orgId: string, nowMs: number): Promise<AwaitedPack[]>;
  /** Forgets a record, whatever it says by now. */
  clearAwaited(orgId: string, sessionId: string): Promise<void>;
}

const MAX_LISTED = 20;

export function awaitedPackStore(kv: Deno.Kv): AwaitedPackStore {
  return {
    async readAwaited(orgId, sessionId) {
      const { value, versionstamp } = await persist(() =>
        kv.get<AwaitedPack>(key.awaitedPack(orgId, sessionId))
      );
      return value && { ...value, versionstamp };
    },
    async writeAwaited(orgId, { pack, former, nowMs }) {
      const record = key.awaitedPack(orgId, pack.sessionId);
      const versionstamp = former?.versionstamp ?? null;
      const commit = kv.atomic().check({ key: record, versionstamp })
        .set(record, pack, { expireIn: pack.expiresAtMs - nowMs });
      return (await persist(() => commit.commit())).ok;
    },
    async listAwaited(orgId, nowMs) {
      const options = { limit: MAX_LISTED, batchSize: MAX_LISTED };
      const entries = await persist(() =>
        Array.fromAsync(
          kv.list<AwaitedPack>({ prefix: key.awaitedPacks(orgId) }, options),
        )
      );
      return entries.map(({ value }) => value)
        .filter(({ expiresAtMs }) => nowMs < expiresAtMs)
        .toSorted((a, b) => a.sinceMs - b.sinceMs);
    },
    async clearAwaited(orgId, sessionId) {
      await persist(() => kv.delete(key.awaitedPack(orgId, sessionId)));
    },
  };
}
