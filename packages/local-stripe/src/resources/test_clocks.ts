import type { Context } from "../context.ts";
import { nowSec } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, noSuchPath } from "../api/errors.ts";
import { emit } from "../webhooks/event_emitter.ts";
import { longId } from "../store/ids.ts";
import { CUSTOMERS_OF_CLOCK } from "../billing/customer_account.ts";
import { runTo } from "../billing/scheduler.ts";
import { DAY_SEC } from "../billing/periods.ts";
import { PAGE, page } from "../api/pagination.ts";
import { integer, missing, required, text } from "../api/params.ts";
import type { StoredObject } from "../store/collections.ts";
import { removeCustomer } from "./customers.ts";
import type { ApiTestClock } from "../api/api_types.ts";
import { TEST_CLOCK } from "../store/schema.ts";

export const createTestClock = endpoint({
  returns: "test_helpers.test_clock",
  params: {
    customer: missing,
    frozen_time: required(integer(0)),
    name: text(300),
  },
  run(context, { frozen_time: frozen, name }) {
    const id = longId("clock");
    const createdSec = nowSec(context);
    const object: ApiTestClock = {
      id,
      object: "test_helpers.test_clock",
      created: createdSec,
      deletes_after: createdSec + 30 * DAY_SEC,
      frozen_time: frozen,
      livemode: false,
      name: name ?? null,
      status: "ready",
      status_details: {},
    };
    return context.store.untilWritten((writes) => {
      const made = { object, extra: null, createdMs: context.now() };
      writes.insert(TEST_CLOCK, made);
      emit(context, writes, {
        type: "test_helpers.test_clock.created",
        object,
      });
      return Promise.resolve(object);
    });
  },
});

export const retrieveTestClock = endpoint({
  returns: "test_helpers.test_clock",
  params: {},
  async run(context, _params, ids) {
    const { object } = await readClock(context, onlyId(ids));
    // A process that died while it advanced left that to whoever asks next.
    return object.status === "advancing"
      ? await finish(context, object.id)
      : object;
  },
});

export const listTestClocks = endpoint({
  returns: "test_helpers.test_clock",
  many: true,
  params: PAGE,
  run: ({ store }, params) =>
    page(store, {
      collection: TEST_CLOCK,
      list: ["test_clocks"],
      params,
      url: "/v1/test_helpers/test_clocks",
    }),
});

export const advanceTestClock = endpoint({
  returns: "test_helpers.test_clock",
  params: { frozen_time: required(integer(0)) },
  async run(context, { frozen_time: target }, ids) {
    const id = onlyId(ids);
    await context.store.untilWritten(async (writes) => {
      const stored = await readClock(context, id);
      checkAdvance(stored.object, target);
      const advancing = { target_frozen_time: target };
      const object: ApiTestClock = {
        ...stored.object,
        status: "advancing",
        status_details: { advancing },
      };
      writes.replace(TEST_CLOCK, stored, { object });
      const type = "test_helpers.test_clock.advancing";
      emit(context, writes, { type, object });
    });
    return await finish(context, id);
  },
});

function checkAdvance(clock: ApiTestClock, target: number): void {
  if (clock.status === "advancing") {
    throw invalidRequest(
      `The test clock ${clock.id} is advancing already.`,
      { status: 429, code: "lock_timeout" },
    );
  }
  if (target <= clock.frozen_time) {
    throw invalidRequest(
      `A test clock moves forward: it stands at ${clock.frozen_time}.`,
      { param: "frozen_time" },
    );
  }
}

/** Does all that falls due for the clock's customers, then moves the clock itself. */
async function finish(context: Context, id: string): Promise<ApiTestClock> {
  const { object: clock } = await readClock(context, id);
  const target = clock.status_details.advancing?.target_frozen_time;
  if (target === undefined) return clock;
  for (const customer of await customersOf(context, id)) {
    await runTo(context, customer, target);
  }
  return await context.store.untilWritten(async (writes) => {
    const stored = await readClock(context, id);
    if (stored.object.status !== "advancing") return stored.object;
    const object: ApiTestClock = {
      ...stored.object,
      frozen_time: target,
      status: "ready",
      status_details: {},
    };
    writes.replace(TEST_CLOCK, stored, { object });
    emit(context, writes, { type: "test_helpers.test_clock.ready", object });
    return object;
  });
}

async function customersOf(context: Context, id: string): Promise<string[]> {
  const list = ["customers_by_clock", id];
  const range = { limit: CUSTOMERS_OF_CLOCK, newestFirst: false };
  return (await context.store.ids(list, range)).map((entry) => entry.id);
}

export const deleteTestClock = endpoint({
  returns: "test_helpers.test_clock",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    const { object } = await readClock(context, id);
    for (const customer of await customersOf(context, id)) {
      await removeCustomer(context, customer);
    }
    await context.store.untilWritten(async (writes) => {
      const stored = await readClock(context, id);
      writes.replace(TEST_CLOCK, stored, { deleted: true });
      const type = "test_helpers.test_clock.deleted";
      emit(context, writes, { type, object });
    });
    return { id, object: "test_helpers.test_clock", deleted: true } as const;
  },
});

async function readClock(
  context: Context,
  id: string,
): Promise<StoredObject<ApiTestClock>> {
  const stored = await context.store.get(TEST_CLOCK, id);
  if (stored === null || stored.deleted) throw noSuchPath(TEST_CLOCK.noun, id);
  return stored;
}
