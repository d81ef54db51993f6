import type { ApiTestClock } from "../api/api_types.ts";
import { endpoint } from "../api/endpoint.ts";
import * as p from "../api/params.ts";
import { insertObject, resource, tombstone } from "../api/resource.ts";
import { DAY_SEC } from "../billing/periods.ts";
import {
  checkAdvance,
  customersOf,
  finishClock,
  finishClocks,
} from "../billing/test_clocks.ts";
import { nowSec } from "../context.ts";
import { emit } from "../webhooks/event_emitter.ts";
import { longId } from "../store/ids.ts";
import { readPath, TEST_CLOCK } from "../store/schema.ts";
import { removeCustomer } from "./customers.ts";

const TYPE = TEST_CLOCK.name;

export const testClocks = resource(TEST_CLOCK, {
  path: "/v1/test_helpers/test_clocks",
  refresh: finishClock,
  list: { prepare: finishClocks },
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
        object: "test_helpers.test_clock",
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
          await checkAdvance(context, stored.object, target);
          const object: ApiTestClock = {
            ...stored.object,
            status: "advancing",
            status_details: { advancing: { target_frozen_time: target } },
          };
          writes.replace(TEST_CLOCK, stored, { object });
          emit(context, writes, { type: `${TYPE}.advancing`, object });
        });
        return (await readPath(context, TEST_CLOCK, id)).object;
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
