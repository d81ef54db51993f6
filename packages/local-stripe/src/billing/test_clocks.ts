import type { ApiTestClock } from "../api/api_types.ts";
import { invalidRequest } from "../api/errors.ts";
import type { Context } from "../context.ts";
import { readPath, SUBSCRIPTION, TEST_CLOCK } from "../store/schema.ts";
import { emit } from "../webhooks/event_emitter.ts";
import { CUSTOMERS_OF_CLOCK } from "./customer_account.ts";
import { boundary } from "./periods.ts";
import { intervalOf } from "./recurring_prices.ts";
import { runTo } from "./scheduler.ts";

const MAX_ADVANCING = 100;

/**
 * Checks a step of a clock: at most two intervals of the shortest subscription on it, or two years
 * without one.
 *
 * @throws {ApiError} 400 for a time that is past or too far ahead; 429 while the clock advances.
 */
export async function checkAdvance(
  context: Context,
  clock: ApiTestClock,
  targetSec: number,
): Promise<void> {
  if (clock.status === "advancing") {
    throw invalidRequest(
      `The test clock ${clock.id} is advancing already.`,
      { status: 429, code: "lock_timeout" },
    );
  }
  const refusal = (message: string) =>
    invalidRequest(message, { param: "frozen_time" });
  if (targetSec <= clock.frozen_time) {
    throw refusal(
      `A test clock moves forward: its time is ${clock.frozen_time}.`,
    );
  }
  const latestSec = await latestTarget(context, clock);
  if (targetSec <= latestSec) return;
  throw refusal(
    `A test clock can advance by two intervals of its shortest subscription at a time, or by two years without one: up to ${latestSec}.`,
  );
}

async function latestTarget(
  context: Context,
  { frozen_time: nowSec, id }: ApiTestClock,
): Promise<number> {
  const { store } = context;
  const ends: number[] = [];
  for (const customer of await customersOf(context, id)) {
    const list = ["subscriptions_live_by_customer", customer];
    const range = { limit: CUSTOMERS_OF_CLOCK, newestFirst: false };
    for (const { id } of await store.ids(list, range)) {
      const { items } = (await readPath(context, SUBSCRIPTION, id)).object;
      for (const { price } of items.data) {
        ends.push(boundary(nowSec, intervalOf(price), 2));
      }
    }
  }
  return ends.length === 0
    ? boundary(nowSec, { interval: "year", interval_count: 1 }, 2)
    : Math.min(...ends);
}

/** Finishes the advances of all clocks. */
export async function finishClocks(context: Context): Promise<void> {
  const range = { limit: MAX_ADVANCING, newestFirst: false };
  const advancing = await context.store.ids(["test_clocks_advancing"], range);
  for (const { id } of advancing) await finishClock(context, id);
}

/** Runs the due steps of an advancing clock's customers, then moves the clock. */
export async function finishClock(context: Context, id: string): Promise<void> {
  const { object: clock } = await readPath(context, TEST_CLOCK, id);
  const target = clock.status_details.advancing?.target_frozen_time;
  if (target === undefined) return;
  for (const customer of await customersOf(context, id)) {
    await runTo(context, customer, target);
  }
  await context.store.untilWritten(async (writes) => {
    const stored = await readPath(context, TEST_CLOCK, id);
    if (stored.object.status !== "advancing") return;
    const object: ApiTestClock = {
      ...stored.object,
      frozen_time: target,
      status: "ready",
      status_details: {},
    };
    writes.replace(TEST_CLOCK, stored, { object });
    emit(context, writes, { type: `${TEST_CLOCK.name}.ready`, object });
  });
}

/** The ids of a clock's customers. */
export async function customersOf(
  context: Context,
  clock: string,
): Promise<string[]> {
  const list = ["customers_by_clock", clock];
  const range = { limit: CUSTOMERS_OF_CLOCK, newestFirst: false };
  return (await context.store.ids(list, range)).map((entry) => entry.id);
}
