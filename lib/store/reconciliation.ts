import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";

/** The progress of a reconciliation of all customers. */
export interface ReconciliationProgress {
  /** The cursor of the next page; null for the first page. */
  cursor: string | null;
  /** Until then one process owns the run. Afterwards others may resume it. */
  leaseUntilMs: number;
}

/** The progress with the version at which it was read. */
interface StoredReconciliation extends ReconciliationProgress {
  versionstamp: string;
}

/** The reconciliation, of which at most one runs on a store. */
export interface ReconciliationStore {
  readReconciliation(): Promise<StoredReconciliation | null>;
  /**
   * Writes the progress, if it has not changed since it was read.
   *
   * @param progress Null when the run is finished.
   * @returns The new version; null if another process owns the run now.
   */
  writeReconciliation(
    progress: ReconciliationProgress | null,
    formerVersion: string | null,
  ): Promise<string | null>;
  /**
   * Checks the store: writes, reads and deletes a record.
   *
   * @throws {Error} If one of these fails.
   */
  probe(nowMs: number): Promise<void>;
}

export function reconciliationStore(kv: Deno.Kv): ReconciliationStore {
  const record = key.reconciliation;
  return {
    async readReconciliation() {
      const { value, versionstamp } = await withRetry(() =>
        kv.get<ReconciliationProgress>(record)
      );
      return value && { ...value, versionstamp };
    },
    async writeReconciliation(progress, formerVersion) {
      const commit = kv.atomic()
        .check({ key: record, versionstamp: formerVersion });
      if (progress === null) commit.delete(record);
      else commit.set(record, progress);
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
