import { key } from "./keys.ts";
import { withRetry } from "./kv_retry.ts";

/** The lists of Stripe that an import reads. */
export type ImportList = "customers" | "subscriptions";

/** How far a list has been read. */
export interface ListProgress {
  /** Stored pages. */
  pages: number;
  /** Id of the last object read; null before the first page. */
  after: string | null;
  done: boolean;
}

/** The progress of an import, from which a later run resumes. */
export interface ImportProgress {
  startedAtMs: number;
  lists: Record<ImportList, ListProgress>;
  /** Whether the current period's tokens are granted. */
  grants: boolean;
  /** Organizations that are being linked, or whose import has failed. */
  unfinished: readonly string[];
}

/** A page of a list, reduced to what an import needs. */
export interface ImportPage {
  list: ImportList;
  index: number;
  rows: readonly unknown[];
}

/** The import, of which at most one runs on a store. */
export interface ImportStore {
  readImport(): Promise<
    { progress: ImportProgress; versionstamp: string } | null
  >;
  /**
   * Writes the progress, and the page read with it, if the progress has not
   * changed since it was read.
   *
   * @returns The new version; null if another process runs the import now.
   */
  writeImport(
    progress: ImportProgress,
    formerVersion: string | null,
    page?: ImportPage,
  ): Promise<string | null>;
  /** Reads the rows of the first pages of a list. */
  readImportRows(list: ImportList, pages: number): Promise<unknown[]>;
  /** Deletes the pages, then the progress. */
  deleteImport(): Promise<void>;
}

export function importStore(kv: Deno.Kv): ImportStore {
  return {
    async readImport() {
      const { value: progress, versionstamp } = await withRetry(() =>
        kv.get<ImportProgress>(key.importProgress)
      );
      return progress && { progress, versionstamp };
    },
    async writeImport(progress, formerVersion, page) {
      const record = key.importProgress;
      const commit = kv.atomic()
        .check({ key: record, versionstamp: formerVersion })
        .set(record, progress);
      if (page) commit.set(key.importPage(page.list, page.index), page.rows);
      const result = await withRetry(() => commit.commit());
      return result.ok ? result.versionstamp : null;
    },
    async readImportRows(list, pages) {
      const range = {
        start: key.importPage(list, 0),
        end: key.importPage(list, pages),
      };
      const entries = await withRetry(() =>
        Array.fromAsync(kv.list<unknown[]>(range))
      );
      return entries.flatMap(({ value }) => value);
    },
    async deleteImport() {
      const pages = await withRetry(() =>
        Array.fromAsync(kv.list({ prefix: key.importPages }))
      );
      for (const page of pages) await withRetry(() => kv.delete(page.key));
      await withRetry(() => kv.delete(key.importProgress));
    },
  };
}
