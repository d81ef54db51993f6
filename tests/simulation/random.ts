import { randomOf } from "../helpers/random.ts";

/** A seeded source of choices. */
export class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = randomOf(seed | 0);
    // Neighboring seeds start alike.
    for (let warmUp = 0; warmUp < 4; warmUp++) this.#next();
  }

  /** From 0 to 1. */
  fraction(): number {
    return this.#next();
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    return limit <= 1 ? 0 : Math.floor(this.#next() * limit);
  }

  /** A whole number in the range, both ends included. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return probability > 0 && this.#next() < probability;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  /** Picks by weight. */
  weighted<T>(items: readonly [weight: number, item: T][]): T {
    let left = this.#next() * items.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    throw new RangeError("Cannot pick from nothing");
  }
}

/** Combines numbers into a seed, so that the choices of steps are independent. */
export function seedOf(...parts: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    hash = Math.imul(hash ^ (part & 0xffff), 0x01000193);
    hash = Math.imul(hash ^ (part >>> 16), 0x01000193);
  }
  return hash | 0;
}
