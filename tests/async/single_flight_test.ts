import { assert, assertEquals, assertRejects } from "@std/assert";
import { Throttle } from "@/lib/async/throttle.ts";
import { CoalescingRunner, SingleFlight } from "@/lib/async/single_flight.ts";

/** Creates runs that the test resolves. */
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

/** Lets settled promises run their reactions. */
async function settle(): Promise<void> {
  await new Promise((done) => setTimeout(done));
}

Deno.test("SingleFlight gives concurrent callers one result", async () => {
  const { runs, work } = workshop();
  const flights = new SingleFlight<number>();
  const callers = [1, 2, 3].map(() => flights.run("a", work));
  const other = flights.run("b", work);
  assertEquals(runs.length, 2);
  runs[0]?.resolve(1);
  runs[1]?.resolve(2);
  assertEquals(await Promise.all([...callers, other]), [1, 1, 1, 2]);
  flights.run("a", work);
  assertEquals(runs.length, 3);
});

Deno.test("SingleFlight forgets a failure", async () => {
  const flights = new SingleFlight<number>();
  const fail = () => Promise.reject(new Error("no"));
  await assertRejects(() => flights.run("a", fail));
  assertEquals(await flights.run("a", () => Promise.resolve(1)), 1);
});

Deno.test("CoalescingRunner runs once, and once more for later callers", async () => {
  const { runs, work } = workshop();
  const flights = new CoalescingRunner<number>(LANES);
  const first = flights.run("a", work, "background");
  const later = Array.from(
    { length: 20 },
    () => flights.run("a", work, "background"),
  );
  assertEquals(runs.length, 1);
  runs[0]?.resolve(1);
  assertEquals(await first, 1);
  await settle();
  assertEquals(runs.length, 2);
  const evenLater = flights.run("a", work, "background");
  runs[1]?.resolve(2);
  assertEquals(new Set(await Promise.all(later)), new Set([2]));
  await settle();
  runs[2]?.resolve(3);
  assertEquals(await evenLater, 3);
  assertEquals(runs.length, 3);
});

Deno.test("CoalescingRunner runs again after a failure, which only its callers see", async () => {
  const { runs, work } = workshop();
  const flights = new CoalescingRunner<number>(LANES);
  const first = flights.run("a", work, "background");
  const second = flights.run("a", work, "background");
  runs[0]?.reject(new Error("no"));
  await assertRejects(() => first);
  await settle();
  runs[1]?.resolve(2);
  assertEquals(await second, 2);
  await settle();
  flights.run("a", work, "background");
  assertEquals(runs.length, 3);
});

Deno.test("CoalescingRunner limits concurrent keys, and queued calls share a run", async () => {
  const { runs, work } = workshop();
  const flights = new CoalescingRunner<number>(LANES);
  const callers = ["a", "b", "c", "c", "d"].map((key) =>
    flights.run(key, work, "background")
  );
  assertEquals(runs.length, 2);
  assertEquals(flights.run("c", work, "background"), callers[2]);
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
  const flights = new CoalescingRunner<number>(LANES);
  for (const key of ["a", "b", "c"]) flights.run(key, work, "background");
  assertEquals(runs.length, 2);
  flights.run("d", work, "interactive");
  assertEquals(runs.length, 3);
  const waiting = flights.run("e", work, "interactive");
  assertEquals(runs.length, 3);
  runs[2]?.resolve(3);
  await settle();
  runs[3]?.resolve(4);
  assertEquals(await waiting, 4);
});

Deno.test("an interactive caller starts queued background work", async () => {
  const { runs, work } = workshop();
  const flights = new CoalescingRunner<number>(LANES);
  const keys = ["a", "b", "c", "d"];
  const [, , c, d] = keys.map((key) => flights.run(key, work, "background"));
  assertEquals(flights.run("d", work, "interactive"), d);
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
  const flights = new CoalescingRunner<number>(LANES);
  const keys = ["a", "b", "c"];
  for (const key of keys) flights.run(key, work, "background");
  flights.run("a", work, "background");
  const follows = flights.run("a", work, "interactive");
  runs[0]?.resolve(1);
  await settle();
  // "c" takes the background slot freed by "a".
  assertEquals(runs.length, 4);
  runs.slice(2).forEach((run, index) => run.resolve(index));
  assert((await follows) >= 0);
});

Deno.test("the queue is bounded", async () => {
  const { work } = workshop();
  for (const flights of [new SingleFlight(), new CoalescingRunner(LANES)]) {
    const run = (key: string) => flights.run(key, work, "background");
    for (let key = 0; key < 10_000; key++) run(String(key));
    await assertRejects(
      () => run("one more"),
      Error,
      "under way",
    );
  }
});

Deno.test("Throttle passes a key once per interval", () => {
  const cooldown = new Throttle(1_000, 10);
  assertEquals(cooldown.take("a", 0), true);
  assertEquals(cooldown.take("a", 999), false);
  assertEquals(cooldown.take("b", 999), true);
  assertEquals(cooldown.take("a", 1_000), true);
});

Deno.test("Throttle holds a bounded number of keys", () => {
  const cooldown = new Throttle(1_000, 2);
  assertEquals(["a", "b", "c"].map((key) => cooldown.take(key, 0)), [
    true,
    true,
    false,
  ]);
  assertEquals(cooldown.take("c", 1_000), true);
});
