import type { Services } from "@/lib/services.ts";
import type {
  ImportList,
  ImportPage,
  ImportProgress,
  ListProgress,
} from "@/lib/store/imports.ts";
import { CommandError } from "../run_command.ts";

/** Options of an import. */
export interface ImportOptions {
  /** Whether an organization gets the tokens of its current period. */
  grants: boolean;
  /** Milliseconds between two calls of Stripe; 100 by default. */
  paceMs?: number;
  /** Stops the import; a later run continues. */
  signal?: AbortSignal;
  report?: (line: string) => void;
}

/** Ten calls a second, of the 100 that Stripe allows. */
const PACE_MS = 100;
/** Pages that were read earlier are read again. */
const FRESH_MS = 60 * 60 * 1000;

/** The progress of a list of which nothing was read. */
export const LIST_START: ListProgress = { pages: 0, after: null, done: false };

/** An import with its stored progress. */
export class ImportRun {
  readonly #services: Services;
  readonly #options: ImportOptions;
  #progress: ImportProgress;
  #version: string | null;

  private constructor(
    services: Services,
    options: ImportOptions,
    stored: { progress: ImportProgress; version: string | null },
  ) {
    this.#services = services;
    this.#options = options;
    this.#progress = stored.progress;
    this.#version = stored.version;
  }

  /**
   * Starts an import, or continues an interrupted one.
   *
   * @throws {CommandError} If the interrupted one has another `grants`.
   */
  static async start(
    services: Services,
    options: ImportOptions,
  ): Promise<ImportRun> {
    const { grants } = options;
    const nowMs = services.now();
    const former = await services.store.readImport();
    const unfinished = former?.progress.unfinished ?? [];
    if (unfinished.length > 0 && former?.progress.grants !== grants) {
      throw new CommandError(
        `An interrupted import has begun ${
          grants ? "with" : "without"
        } --no-grants: finish it the same way first`,
      );
    }
    const isFresh = former !== null &&
      nowMs - former.progress.startedAtMs < FRESH_MS;
    const progress: ImportProgress = {
      startedAtMs: isFresh ? former.progress.startedAtMs : nowMs,
      lists: isFresh
        ? former.progress.lists
        : { customers: LIST_START, subscriptions: LIST_START },
      grants,
      unfinished,
    };
    const version = former?.versionstamp ?? null;
    const run = new ImportRun(services, options, { progress, version });
    await run.save({});
    return run;
  }

  get progress(): ImportProgress {
    return this.#progress;
  }

  get grants(): boolean {
    return this.#options.grants;
  }

  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  /** Saves how far a list was read, and the rows of its last page. */
  async savePage(
    list: ImportList,
    to: ListProgress,
    rows: readonly unknown[] = [],
  ): Promise<void> {
    const lists = { ...this.#progress.lists, [list]: to };
    const index = this.#progress.lists[list].pages;
    await this.save({ lists }, { list, index, rows });
  }

  /** @throws {CommandError} If another process runs the import now. */
  async save(
    change: Partial<ImportProgress>,
    page?: ImportPage,
  ): Promise<void> {
    const progress = { ...this.#progress, ...change };
    const { store } = this.#services;
    const version = await store.writeImport(progress, this.#version, page);
    if (version === null) {
      throw new CommandError("Another process is importing into this store");
    }
    this.#progress = progress;
    this.#version = version;
  }

  /** Forgets the progress, unless organizations are left to be retried. */
  async finish(): Promise<void> {
    if (this.#progress.unfinished.length === 0) {
      await this.#services.store.deleteImport();
    } else {
      await this.save({
        lists: { customers: LIST_START, subscriptions: LIST_START },
      });
    }
  }

  report(line: string): void {
    this.#options.report?.(line);
  }

  async pause(): Promise<void> {
    const paceMs = this.#options.paceMs ?? PACE_MS;
    if (paceMs > 0) await new Promise((done) => setTimeout(done, paceMs));
  }
}
