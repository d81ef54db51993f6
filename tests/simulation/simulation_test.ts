import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { MUTATIONS, plant } from "./mutations.ts";
import { runSeeds, type WorkerAnswer } from "./pool.ts";

/** Two processes take less than 30 seconds for them on an idle machine. */
const SEEDS = 200;

/** The output of `deno task simulate --trace`, in a new process. */
async function traceOf(seed: number): Promise<string> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--quiet", "tests/simulation/main.ts"],
      ...[`--seed=${seed}`, "--organizations=3", "--days=40", "--trace"],
    ],
    stderr: "inherit",
  }).output();
  assertEquals(success, true);
  return new TextDecoder().decode(stdout);
}

Deno.test("the same seed gives the same trace, byte for byte", async () => {
  const [first, second, other] = await Promise.all(
    [7, 7, 8].map((seed) => traceOf(seed)),
  );
  assertEquals(second, first);
  assertNotEquals(other, first);
  assert((first ?? "").split("\n").length > 100);
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

Deno.test("each planted defect still changes the app", async () => {
  for (const mutation of MUTATIONS) {
    const source = await Deno.readTextFile(mutation.file);
    assertNotEquals(plant(source, mutation), source);
  }
});
