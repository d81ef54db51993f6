import type { ApiPrice } from "../api/api_types.ts";
import { endpoint } from "../api/endpoint.ts";
import { noSuchPath } from "../api/errors.ts";
import { PAGE, page, range } from "../api/pagination.ts";
import * as p from "../api/params.ts";
import type { Resource } from "../api/resource.ts";
import { planOf } from "../billing/subscription_objects.ts";
import type { Context } from "../context.ts";
import { PRICE, readPath } from "../store/schema.ts";
import type { WriteBatch } from "../store/write_batch.ts";
import { emit } from "../webhooks/event_emitter.ts";

/** The legacy plans: every recurring price is one. */
export const plans: Resource = {
  routes: {
    "GET /v1/plans": endpoint({
      returns: "plan",
      many: true,
      params: {
        ...PAGE,
        active: p.boolean,
        created: range,
        product: p.text(255),
      },
      async run({ store }, { active, product, ...params }) {
        const { data, ...list } = await page(store, {
          collection: PRICE,
          list: product === undefined
            ? ["prices"]
            : ["prices_by_product", product],
          params,
          url: "/v1/plans",
          matches: (price) =>
            price.recurring !== null &&
            (active ?? price.active) === price.active,
        });
        return { ...list, data: data.map(planOf) };
      },
    }),
    "GET /v1/plans/*": endpoint({
      returns: "plan",
      async run(context, _params, id) {
        const { object } = await readPath(context, PRICE, id);
        if (object.recurring === null) throw noSuchPath("plan", id);
        return planOf(object);
      },
    }),
  },
  types: {},
};

/** Emits the creation of a price and, if it is recurring, of its plan. */
export function emitPriceCreated(
  context: Context,
  writes: WriteBatch,
  price: ApiPrice,
): void {
  emit(context, writes, { type: "price.created", object: price });
  if (price.recurring === null) return;
  emit(context, writes, { type: "plan.created", object: planOf(price) });
}
