import { assertEquals } from "@std/assert";
import { runSeeds, type WorkerAnswer } from "./pool.ts";
import { simulate } from "./run.ts";

/** Two processes take about 20 seconds for them on an idle machine. */
const SEEDS = 24;

Deno.test({
  name: "the same seed gives the same trace, byte for byte",
  // Modules that the first run loads may leave operations behind.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const options = { seed: 7, organizations: 3, days: 40 };
    const first = await simulate(options);
    await simulate({ ...options, seed: 8 });
    const second = await simulate(options);
    assertEquals(first.failure, null);
    assertEquals(first.trace.length > 100, true);
    assertEquals(second.trace.join("\n"), first.trace.join("\n"));
  },
});

Deno.test("two months of ten organizations hold for each seed", async () => {
  const failed: WorkerAnswer[] = [];
  const range = { seed: 1, runs: SEEDS, organizations: 10, days: 60 };
  let runs = 0;
  await runSeeds(range, (answer) => {
    runs += 1;
    if (answer.failure !== null) failed.push(answer);
    return true;
  });
  assertEquals(failed, []);
  assertEquals(runs, SEEDS);
});
