import type { Log } from "@/lib/log.ts";

const MAX_TASKS = 1_000;

/**
 * Runs tasks that no response waits for. Failures are logged, and the process
 * waits for running tasks before it exits.
 */
export class Background {
  readonly #running = new Set<Promise<void>>();

  constructor(private readonly log: Log) {}

  /**
   * Starts a task, unless 1,000 are running.
   *
   * @param name Logged if the task fails: no secret, no customer data.
   */
  run(name: string, task: () => Promise<void>): void {
    if (this.#running.size >= MAX_TASKS) {
      this.log.warn("background task dropped, too many are running", { name });
      return;
    }
    const running = this.#runLogged(name, task)
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when no task is running. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #runLogged(name: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.log.warn("background task failed", { name }, error);
    }
  }
}
