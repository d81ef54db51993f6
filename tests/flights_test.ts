import { assertEquals, assertRejects } from "@std/assert";
import { Cooldown } from "@/lib/cooldown.ts";
import { SharedFlights, TrailingFlights } from "@/lib/flights.ts";

/** Work whose end a test decides. */
function workshop() {
  const runs: PromiseWithResolvers<number>[] = [];
  const work = () => {
    const run = Promise.withResolvers<number>();
    runs.push(run);
    return run.promise;
  };
  return { runs, work };
}

/** Lets what has settled be heard of. */
async function settle(): Promise<void> {
  await new Promise((done) => setTimeout(done));
}

Deno.test("SharedFlights gives all callers at one time one result", async () => {
  const { runs, work } = workshop();
  const flights = new SharedFlights<number>();
  const callers = [1, 2, 3].map(() => flights.run("a", work));
  const other = flights.run("b", work);
  assertEquals(runs.length, 2);
  runs[0]?.resolve(1);
  runs[1]?.resolve(2);
  assertEquals(await Promise.all([...callers, other]), [1, 1, 1, 2]);
  flights.run("a", work);
  assertEquals(runs.length, 3);
});

Deno.test("SharedFlights forgets a failure", async () => {
  const flights = new SharedFlights<number>();
  const fail = () => Promise.reject(new Error("no"));
  await assertRejects(() => flights.run("a", fail));
  assertEquals(await flights.run("a", () => Promise.resolve(1)), 1);
});

Deno.test("TrailingFlights runs once, and once more for all who came meanwhile", async () => {
  const { runs, work } = workshop();
  const flights = new TrailingFlights<number>(8);
  const first = flights.run("a", work);
  const later = Array.from({ length: 20 }, () => flights.run("a", work));
  assertEquals(runs.length, 1);
  runs[0]?.resolve(1);
  assertEquals(await first, 1);
  await settle();
  assertEquals(runs.length, 2);
  const evenLater = flights.run("a", work);
  runs[1]?.resolve(2);
  assertEquals(new Set(await Promise.all(later)), new Set([2]));
  await settle();
  runs[2]?.resolve(3);
  assertEquals(await evenLater, 3);
  assertEquals(runs.length, 3);
});

Deno.test("TrailingFlights follows a failure, which is its caller's alone", async () => {
  const { runs, work } = workshop();
  const flights = new TrailingFlights<number>(8);
  const first = flights.run("a", work);
  const second = flights.run("a", work);
  runs[0]?.reject(new Error("no"));
  await assertRejects(() => first);
  await settle();
  runs[1]?.resolve(2);
  assertEquals(await second, 2);
  await settle();
  flights.run("a", work);
  assertEquals(runs.length, 3);
});

Deno.test("TrailingFlights runs so many keys at a time; what waits is shared", async () => {
  const { runs, work } = workshop();
  const flights = new TrailingFlights<number>(2);
  const callers = ["a", "b", "c", "c", "d"].map((key) =>
    flights.run(key, work)
  );
  assertEquals(runs.length, 2);
  assertEquals(flights.run("c", work), callers[2]);
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

Deno.test("flights have a bound", async () => {
  const { work } = workshop();
  for (const flights of [new SharedFlights(), new TrailingFlights(8)]) {
    for (let key = 0; key < 10_000; key++) flights.run(String(key), work);
    await assertRejects(
      () => flights.run("one more", work),
      Error,
      "under way",
    );
  }
});

Deno.test("Cooldown lets a key pass once in a while", () => {
  const cooldown = new Cooldown(1_000, 10);
  assertEquals(cooldown.take("a", 0), true);
  assertEquals(cooldown.take("a", 999), false);
  assertEquals(cooldown.take("b", 999), true);
  assertEquals(cooldown.take("a", 1_000), true);
});

Deno.test("Cooldown holds no more keys than it may", () => {
  const cooldown = new Cooldown(1_000, 2);
  assertEquals(["a", "b", "c"].map((key) => cooldown.take(key, 0)), [
    true,
    true,
    false,
  ]);
  assertEquals(cooldown.take("c", 1_000), true);
});
