/** Lets something happen for a key once in a while, in this process. */
export class Throttle {
  /** In the order of their times, as each is new when it is set. */
  readonly #lastMs = new Map<string, number>();

  constructor(
    private readonly everyMs: number,
    private readonly maxKeys: number,
  ) {}

  /** Whether it may happen now, which counts from now. */
  take(key: string, nowMs: number): boolean {
    this.#forgetBefore(nowMs - this.everyMs);
    if (this.#lastMs.has(key) || this.#lastMs.size >= this.maxKeys) {
      return false;
    }
    this.#lastMs.set(key, nowMs);
    return true;
  }

  #forgetBefore(timeMs: number): void {
    for (const [key, lastMs] of this.#lastMs) {
      if (lastMs > timeMs) return;
      this.#lastMs.delete(key);
    }
  }
}
