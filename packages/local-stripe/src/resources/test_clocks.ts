import type { ApiTestClock } from "../api/api_types.ts";
import { endpoint } from "../api/endpoint.ts";
import { invalidRequest } from "../api/errors.ts";
import * as p from "../api/params.ts";
import { insertObject, resource, tombstone } from "../api/resource.ts";
import { CUSTOMERS_OF_CLOCK } from "../billing/customer_account.ts";
import { DAY_SEC } from "../billing/periods.ts";
import { runTo } from "../billing/scheduler.ts";
import { type Context, nowSec } from "../context.ts";
import { emit } from "../webhooks/event_emitter.ts";
import { longId } from "../store/ids.ts";
import { readPath, TEST_CLOCK } from "../store/schema.ts";
import { removeCustomer } from "./customers.ts";

const TYPE = "test_helpers.test_clock";

export const testClocks = resource(TEST_CLOCK, {
  path: "/v1/test_helpers/test_clocks",
  // A process that died while it advanced the clock left the rest to the next reader.
  refresh: finish,
  list: {},
  create: {
    params: {
      frozen_time: p.required(p.integer(0)),
      name: p.text(300),
      ...p.gaps("customer"),
    },
    run(context, { frozen_time: frozen, name = null }) {
      const createdSec = nowSec(context);
      const object: ApiTestClock = {
        id: longId("clock"),
        object: TYPE,
        created: createdSec,
        deletes_after: createdSec + 30 * DAY_SEC,
        frozen_time: frozen,
        livemode: false,
        name,
        status: "ready",
        status_details: {},
      };
      const made = { object, extra: null, event: `${TYPE}.created` };
      return insertObject(context, TEST_CLOCK, made);
    },
  },
  routes: {
    "POST /*/advance": endpoint({
      params: { frozen_time: p.required(p.integer(0)) },
      async run(context, { frozen_time: target }, id) {
        await context.store.untilWritten(async (writes) => {
          const stored = await readPath(context, TEST_CLOCK, id);
          checkAdvance(stored.object, target);
          const object: ApiTestClock = {
            ...stored.object,
            status: "advancing",
            status_details: { advancing: { target_frozen_time: target } },
          };
          writes.replace(TEST_CLOCK, stored, { object });
          emit(context, writes, { type: `${TYPE}.advancing`, object });
        });
        return await finish(context, id);
      },
    }),
    "DELETE /*": endpoint({
      async run(context, _params, id) {
        await readPath(context, TEST_CLOCK, id);
        for (const customer of await customersOf(context, id)) {
          await removeCustomer(context, customer);
        }
        return await context.store.untilWritten(async (writes) => {
          const stored = await readPath(context, TEST_CLOCK, id);
          const { object } = stored;
          writes.replace(TEST_CLOCK, stored, { deleted: true });
          emit(context, writes, { type: `${TYPE}.deleted`, object });
          return tombstone(TEST_CLOCK, id);
        });
      },
    }),
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

/** Runs the due steps of the clock's customers, then moves the clock. */
async function finish(context: Context, id: string): Promise<ApiTestClock> {
  const { object: clock } = await readPath(context, TEST_CLOCK, id);
  const target = clock.status_details.advancing?.target_frozen_time;
  if (target === undefined) return clock;
  for (const customer of await customersOf(context, id)) {
    await runTo(context, customer, target);
  }
  return await context.store.untilWritten(async (writes) => {
    const stored = await readPath(context, TEST_CLOCK, id);
    if (stored.object.status !== "advancing") return stored.object;
    const object: ApiTestClock = {
      ...stored.object,
      frozen_time: target,
      status: "ready",
      status_details: {},
    };
    writes.replace(TEST_CLOCK, stored, { object });
    emit(context, writes, { type: `${TYPE}.ready`, object });
    return object;
  });
}

async function customersOf(context: Context, id: string): Promise<string[]> {
  const list = ["customers_by_clock", id];
  const range = { limit: CUSTOMERS_OF_CLOCK, newestFirst: false };
  return (await context.store.ids(list, range)).map((entry) => entry.id);
}
