import { assert, assertEquals } from "@std/assert";
import type Stripe from "stripe";
import type { Services } from "@/lib/services.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import { syncSubscription } from "@/lib/billing/sync.ts";
import { HANDLERS } from "@/lib/webhooks/handlers.ts";
import { receiveEvent } from "@/lib/webhooks/receive.ts";
import {
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { sign } from "@/tests/helpers/stripe_events.ts";
import { permutations } from "@/tests/helpers/random.ts";
import { priceOf, subscribe } from "@/tests/helpers/subscriptions.ts";

/** An organization with its actions at Stripe and the resulting events. */
interface Story {
  app: TestApp;
  stripe: Stripe;
  customer: string;
  /** Stripe's events that the app handles, oldest first. */
  handled(): Promise<Stripe.Event[]>;
}

async function openStory(): Promise<Story & AsyncDisposable> {
  const app = await openTestApp();
  await app.stripe.controls.hold();
  const stripe = await app.services.stripe();
  return {
    app,
    stripe,
    customer: await giveCustomer(app),
    async handled() {
      const { data } = await stripe.events.list({ limit: 100 });
      return data.filter(({ type }) => HANDLERS.has(type)).toReversed();
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

/** Subscribes, upgrades to Scale, cancels and resumes. */
async function changeMinds({ app, stripe, customer }: Story): Promise<void> {
  const { id, items } = await subscribe(app, customer);
  const item = items.data[0]?.id ?? "";
  const price = await priceOf(app, "scale_month");
  await stripe.subscriptions.update(id, { items: [{ id: item, price }] });
  await stripe.subscriptions.update(id, { cancel_at: "min_period_end" });
  await stripe.subscriptions.update(id, { cancel_at: "" });
}

/** Resets the app's stored state to before the first event. */
async function forgetAll({ app }: Story): Promise<void> {
  for (const prefix of ["subscription", "event"]) {
    for await (const { key } of app.kv.list({ prefix: [prefix] })) {
      await app.kv.delete(key);
    }
  }
}

async function deliver(
  { app }: Story,
  event: Stripe.Event,
  services: Services = app.services,
): Promise<void> {
  const body = JSON.stringify(event);
  await receiveEvent(services, { body, signature: await sign(app, body) });
}

async function stored({ app }: Story): Promise<Subscription | null> {
  const { store, now } = app.services;
  return (await store.readBilling(ORG, now())).subscription;
}

/** The result of a sync with an empty store, which every order must reach. */
async function truth(story: Story): Promise<Subscription | null> {
  await forgetAll(story);
  await syncSubscription(story.app.services, ORG);
  const known = await stored(story);
  assert(known !== null);
  return known;
}

/** The first event, the last, and some of other types in between. */
async function recorded(story: Story, count: number): Promise<Stripe.Event[]> {
  const byType = new Map<string, Stripe.Event>();
  for (const event of await story.handled()) {
    if (!byType.has(event.type)) byType.set(event.type, event);
  }
  const events = [...byType.values()].slice(0, count);
  assertEquals(events.length, count, [...byType.keys()].join());
  return events;
}

Deno.test("every order of events, each twice, gives one state", async () => {
  await using story = await openStory();
  await changeMinds(story);
  const expected = await truth(story);
  const events = await recorded(story, 4);
  for (const order of permutations(events)) {
    await forgetAll(story);
    for (const event of [...order, ...order]) await deliver(story, event);
    assertEquals(await stored(story), expected);
  }
});

Deno.test("any single event leads to the current state, however old it is", async () => {
  await using story = await openStory();
  await changeMinds(story);
  const expected = await truth(story);
  for (const event of await story.handled()) {
    await forgetAll(story);
    await deliver(story, event);
    const state = await stored(story);
    assertEquals(state, expected, event.type);
  }
});

/** Store operations before or after which a process may crash. */
const STEPS = [
  "hasEvent",
  "readOrganization",
  "readBilling",
  "writeSubscription",
  "recordEvent",
] as const;

type Step = typeof STEPS[number];

/** Services of a process that crashes at a step. */
function dying(
  services: Services,
  { step, after }: { step: Step; after: boolean },
): Services {
  const { store } = services;
  const work = store[step] as (...args: unknown[]) => Promise<unknown>;
  const crash = async (...args: unknown[]) => {
    if (after) await work(...args);
    throw new Error("crash");
  };
  return { ...services, store: { ...store, [step]: crash } };
}

Deno.test("a crash at any step of any event loses nothing after redelivery", async () => {
  await using story = await openStory();
  await changeMinds(story);
  const expected = await truth(story);
  const events = await recorded(story, 3);
  const crashes = STEPS.flatMap((step) =>
    [false, true].map((after) => ({ step, after }))
  );
  for (const order of permutations(events)) {
    for (const [index, crash] of crashes.entries()) {
      await forgetAll(story);
      const fatal = order[index % order.length];
      const dead = dying(story.app.services, crash);
      for (const event of order) {
        const services = event === fatal ? dead : story.app.services;
        await deliver(story, event, services).catch(() => {});
      }
      if (fatal !== undefined) await deliver(story, fatal);
      assertEquals(await stored(story), expected);
    }
  }
});

/** A seeded random number generator. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = state * 48_271 % 2_147_483_647;
    return state % sides;
  };
}

Deno.test("events in any order, with changes at Stripe in between, give its state", async () => {
  for (let seed = 1; seed <= 12; seed++) {
    await using story = await openStory();
    const roll = dice(seed * 7_919);
    const { app, stripe, customer } = story;
    const { id, items } = await subscribe(app, customer);
    const item = items.data[0]?.id ?? "";
    const prices = await Promise.all(
      ["pro_month", "scale_month", "scale_year"].map((key) =>
        priceOf(app, key)
      ),
    );
    for (let step = 0; step < 6; step++) {
      const price = prices[roll(prices.length)] ?? "";
      await stripe.subscriptions.update(
        id,
        roll(3) === 0
          ? { cancel_at: roll(2) === 0 ? "" : "min_period_end" }
          : { items: [{ id: item, price }] },
      );
      const handled = await story.handled();
      const some = Array.from(
        { length: roll(4) },
        () => handled[roll(handled.length)],
      );
      await Promise.allSettled(some.map((event) => {
        const services = roll(3) === 0
          ? dying(app.services, {
            step: STEPS[roll(STEPS.length)] ?? "hasEvent",
            after: roll(2) === 0,
          })
          : app.services;
        return event && deliver(story, event, services);
      }));
    }
    // Stripe retries until it gets a 200, so every event arrives.
    const handled = await story.handled();
    const late = handled.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    await Promise.all(late.map((event) => deliver(story, event)));
    assertEquals(await stored(story), await truth(story), `seed ${seed}`);
  }
});
