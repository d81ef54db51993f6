import type { Failure, RunOptions } from "./run.ts";

/** The result of one run in a worker. */
export interface WorkerAnswer {
  options: RunOptions;
  failure: Failure | null;
}

/** Which seeds to run: consecutive ones from `seed`. */
export interface SeedRange {
  seed: number;
  runs: number;
  organizations: number;
  days: number;
}

const THREADS = Math.max(1, Math.min(navigator.hardwareConcurrency, 8));

/**
 * Runs seeds on all cores.
 *
 * @param onAnswer Called for each run; returns false to start no more.
 */
export async function runSeeds(
  range: SeedRange,
  onAnswer: (answer: WorkerAnswer) => boolean,
): Promise<void> {
  const { seed, runs, organizations, days } = range;
  let next = seed;
  const threads = Array.from({ length: Math.min(THREADS, runs) }, async () => {
    const url = new URL("./worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    try {
      while (next < seed + runs) {
        const options = { seed: next++, organizations, days };
        if (!onAnswer(await runIn(worker, options))) next = Infinity;
      }
    } finally {
      worker.terminate();
    }
  });
  await Promise.all(threads);
}

function runIn(worker: Worker, options: RunOptions): Promise<WorkerAnswer> {
  return new Promise((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`a simulation thread failed: ${event.message}`));
    };
    worker.postMessage(options);
  });
}
