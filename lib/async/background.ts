import type { Log } from "@/lib/log.ts";

/** More than this at a time is not begun; it is said in the log. */
const MAX_RUNNING = 1_000;

/**
 * Work that no answer waits for. It is never lost in silence: a failure is
 * logged, and a process that ends waits for what is under way.
 */
export class Background {
  readonly #running = new Set<Promise<void>>();

  constructor(private readonly log: Log) {}

  /**
   * Begins something.
   *
   * @param what Said in the log if it fails: no secret, no customer data.
   */
  run(what: string, work: () => Promise<void>): void {
    if (this.#running.size >= MAX_RUNNING) {
      this.log.warn("not begun, too much is under way", { what });
      return;
    }
    const running = this.#attempt(what, work)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.warn("failed in the background", { what }, error);
    }
  }
}
