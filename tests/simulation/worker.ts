/**
 * Runs the seeds of one process of the pool, every `step`-th one, and prints
 * each result as a line of JSON.
 */
import { simulate } from "./run.ts";
import type { SeedRange, WorkerAnswer } from "./pool.ts";

const range: SeedRange & { step: number } = JSON.parse(Deno.args[0] ?? "");
const { seed: first, runs, step, organizations, days } = range;

for (let seed = first; seed < first + runs; seed += step) {
  const options = { seed, organizations, days };
  const { failure } = await simulate(options);
  console.log(JSON.stringify({ options, failure } satisfies WorkerAnswer));
}
Deno.exit(0);
