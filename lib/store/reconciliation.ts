import { key } from "./keys.ts";
import { persist } from "./kv_retry.ts";

/** How far a sweep over all customers has come. */
export interface SweepProgress {
  /** Which sweep: one that was broken off is taken up under its own. */
  sweepId: string;
  /** Where the next page begins; null: from the start. */
  cursor: string | null;
  /** Until then it is somebody's; afterwards anybody may go on with it. */
  leaseUntilMs: number;
}

export interface StoredSweep extends SweepProgress {
  versionstamp: string;
}

/** The one sweep that may be under way on a store. */
export interface SweepStore {
  readSweep(): Promise<StoredSweep | null>;
  /**
   * @param progress Null: it is finished.
   * @returns The version to go on from; null if somebody else has it now.
   */
  writeSweep(
    progress: SweepProgress | null,
    formerVersion: string | null,
  ): Promise<string | null>;
  /**
   * Writes, reads and deletes a record of no meaning.
   *
   * @throws {Error} What the store throws where it cannot do one of these.
   */
  probe(nowMs: number): Promise<void>;
}

export function sweepStore(kv: Deno.Kv): SweepStore {
  return {
    async readSweep() {
      const entry = await persist(() => kv.get<SweepProgress>(key.sweep));
      return entry.value &&
        { ...entry.value, versionstamp: entry.versionstamp };
    },
    async writeSweep(progress, formerVersion) {
      const commit = kv.atomic()
        .check({ key: key.sweep, versionstamp: formerVersion });
      if (progress === null) commit.delete(key.sweep);
      else commit.set(key.sweep, progress);
      const result = await persist(() => commit.commit());
      return result.ok ? result.versionstamp : null;
    },
    async probe(nowMs) {
      await persist(() => kv.set(key.probe, { probedAtMs: nowMs }));
      await persist(() => kv.get(key.probe));
      await persist(() => kv.delete(key.probe));
    },
  };
}
