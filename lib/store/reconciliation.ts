import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";

/** How far a sweep over all customers has come. */
export interface ReconciliationProgress {
  /** Which sweep: one that was broken off is taken up under its own. */
  sweepId: string;
  /** Where the next page begins; null: from the start. */
  cursor: string | null;
  /** Until then it is somebody's; afterwards anybody may go on with it. */
  leaseUntilMs: number;
}

export interface StoredReconciliation extends ReconciliationProgress {
  versionstamp: string;
}

/** The one sweep that may be under way on a store. */
export interface ReconciliationStore {
  readSweep(): Promise<StoredReconciliation | null>;
  /**
   * @param progress Null: it is finished.
   * @returns The version to go on from; null if somebody else has it now.
   */
  writeSweep(
    progress: ReconciliationProgress | null,
    formerVersion: string | null,
  ): Promise<string | null>;
  /**
   * Writes, reads and deletes a record of no meaning.
   *
   * @throws {Error} What the store throws where it cannot do one of these.
   */
  probe(nowMs: number): Promise<void>;
}

export function reconciliationStore(kv: Deno.Kv): ReconciliationStore {
  return {
    async readSweep() {
      const entry = await withRetry(() =>
        kv.get<ReconciliationProgress>(key.sweep)
      );
      return entry.value &&
        { ...entry.value, versionstamp: entry.versionstamp };
    },
    async writeSweep(progress, formerVersion) {
      const commit = kv.atomic()
        .check({ key: key.sweep, versionstamp: formerVersion });
      if (progress === null) commit.delete(key.sweep);
      else commit.set(key.sweep, progress);
      const result = await withRetry(() => commit.commit());
      return result.ok ? result.versionstamp : null;
    },
    async probe(nowMs) {
      await withRetry(() => kv.set(key.probe, { probedAtMs: nowMs }));
      await withRetry(() => kv.get(key.probe));
      await withRetry(() => kv.delete(key.probe));
    },
  };
}
