import { assert, assertEquals, assertRejects } from "@std/assert";
import { CoalescingRunner, SingleFlight } from "@/lib/async/single_flight.ts";

/** Work that ends when the test resolves it. */
function workshop() {
  const runs: PromiseWithResolvers<number>[] = [];
  const work = () => {
    const run = Promise.withResolvers<number>();
    runs.push(run);
    return run.promise;
  };
  return { runs, work };
}

const LANES = { interactive: 1, background: 2 };

/** Lets reactions to settled promises run. */
async function settle(): Promise<void> {
  await new Promise((done) => setTimeout(done));
}

Deno.test("SingleFlight shares one run between concurrent calls", async () => {
  const { runs, work } = workshop();
  const runner = new SingleFlight<number>();
  const callers = [1, 2, 3].map(() => runner.run("a", work));
  const other = runner.run("b", work);
  assertEquals(runs.length, 2);
  runs[0]?.resolve(1);
  runs[1]?.resolve(2);
  assertEquals(await Promise.all([...callers, other]), [1, 1, 1, 2]);
  runner.run("a", work);
  assertEquals(runs.length, 3);
});

Deno.test("SingleFlight runs again after a failure", async () => {
  const runner = new SingleFlight<number>();
  const fail = () => Promise.reject(new Error("no"));
  await assertRejects(() => runner.run("a", fail));
  assertEquals(await runner.run("a", () => Promise.resolve(1)), 1);
});

Deno.test("CoalescingRunner runs once more for all calls during a run", async () => {
  const { runs, work } = workshop();
  const runner = new CoalescingRunner<number>(LANES);
  const first = runner.run("a", work, "background");
  const later = Array.from(
    { length: 20 },
    () => runner.run("a", work, "background"),
  );
  assertEquals(runs.length, 1);
  runs[0]?.resolve(1);
  assertEquals(await first, 1);
  await settle();
  assertEquals(runs.length, 2);
  const evenLater = runner.run("a", work, "background");
  runs[1]?.resolve(2);
  assertEquals(new Set(await Promise.all(later)), new Set([2]));
  await settle();
  runs[2]?.resolve(3);
  assertEquals(await evenLater, 3);
  assertEquals(runs.length, 3);
});

Deno.test("CoalescingRunner fails only the callers of the failed run", async () => {
  const { runs, work } = workshop();
  const runner = new CoalescingRunner<number>(LANES);
  const first = runner.run("a", work, "background");
  const second = runner.run("a", work, "background");
  runs[0]?.reject(new Error("no"));
  await assertRejects(() => first);
  await settle();
  runs[1]?.resolve(2);
  assertEquals(await second, 2);
  await settle();
  runner.run("a", work, "background");
  assertEquals(runs.length, 3);
});

Deno.test("CoalescingRunner limits the keys in progress and shares waiting runs", async () => {
  const { runs, work } = workshop();
  const runner = new CoalescingRunner<number>(LANES);
  const callers = ["a", "b", "c", "c", "d"].map((key) =>
    runner.run(key, work, "background")
  );
  assertEquals(runs.length, 2);
  assertEquals(runner.run("c", work, "background"), callers[2]);
  runs[1]?.reject(new Error("no"));
  await assertRejects(async () => await callers[1]);
  await settle();
  assertEquals(runs.length, 3);
  runs[0]?.resolve(1);
  runs[2]?.resolve(3);
  await settle();
  runs[3]?.resolve(4);
  const [a, , c, alsoC, d] = callers;
  assertEquals(await Promise.all([a, c, alsoC, d]), [1, 3, 3, 4]);
});

Deno.test("interactive work does not wait for background work", async () => {
  const { runs, work } = workshop();
  const runner = new CoalescingRunner<number>(LANES);
  for (const key of ["a", "b", "c"]) runner.run(key, work, "background");
  assertEquals(runs.length, 2);
  runner.run("d", work, "interactive");
  assertEquals(runs.length, 3);
  const waiting = runner.run("e", work, "interactive");
  assertEquals(runs.length, 3);
  runs[2]?.resolve(3);
  await settle();
  runs[3]?.resolve(4);
  assertEquals(await waiting, 4);
});

Deno.test("an interactive caller starts queued background work", async () => {
  const { runs, work } = workshop();
  const runner = new CoalescingRunner<number>(LANES);
  const keys = ["a", "b", "c", "d"];
  const [, , c, d] = keys.map((key) => runner.run(key, work, "background"));
  assertEquals(runner.run("d", work, "interactive"), d);
  await settle();
  assertEquals(runs.length, 3);
  runs[2]?.resolve(4);
  assertEquals(await d, 4);
  // The interactive slot takes no background work.
  assertEquals(runs.length, 3);
  runs[0]?.resolve(1);
  await settle();
  runs[3]?.resolve(3);
  assertEquals(await c, 3);
});

Deno.test("a follow-up run uses the lane of its most urgent caller", async () => {
  const { runs, work } = workshop();
  const runner = new CoalescingRunner<number>(LANES);
  const keys = ["a", "b", "c"];
  for (const key of keys) runner.run(key, work, "background");
  runner.run("a", work, "background");
  const follows = runner.run("a", work, "interactive");
  runs[0]?.resolve(1);
  await settle();
  // "c" takes the background slot freed by "a".
  assertEquals(runs.length, 4);
  runs.slice(2).forEach((run, index) => run.resolve(index));
  assert((await follows) >= 0);
});

Deno.test("SingleFlight and CoalescingRunner refuse work beyond 10,000 keys", async () => {
  const { work } = workshop();
  for (const runner of [new SingleFlight(), new CoalescingRunner(LANES)]) {
    const run = (key: string) => runner.run(key, work, "background");
    for (let key = 0; key < 10_000; key++) run(String(key));
    await assertRejects(
      () => run("one more"),
      Error,
      "Server is busy",
    );
  }
});
