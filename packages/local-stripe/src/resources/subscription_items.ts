import { endpoint } from "../api/endpoint.ts";
import { noSuchParam, noSuchPath } from "../api/errors.ts";
import { PAGE, pageOf } from "../api/pagination.ts";
import * as p from "../api/params.ts";
import type { Resource } from "../api/resource.ts";
import type { Context } from "../context.ts";
import { SUBSCRIPTION } from "../store/schema.ts";
import { presentSubscription } from "./subscriptions.ts";

const TYPE = "subscription_item";

/** Items are stored in their subscriptions. */
export const subscriptionItems: Resource = {
  routes: {
    "GET /v1/subscription_items": endpoint({
      returns: TYPE,
      many: true,
      params: { ...PAGE, subscription: p.required(p.text(255)) },
      async run(context, { subscription: id, ...params }) {
        if (await context.store.get(SUBSCRIPTION, id) === null) {
          throw noSuchParam(SUBSCRIPTION.noun, id, "subscription");
        }
        const { items } = await presentSubscription(context, id);
        return pageOf(items.data, params, {
          what: "of subscription items",
          noun: TYPE,
          url: "/v1/subscription_items",
        });
      },
    }),
    "GET /v1/subscription_items/*": endpoint({
      returns: TYPE,
      async run(context, _params, id) {
        const owner = await ownerOf(context, id);
        if (owner === null) throw noSuchPath(TYPE, id);
        const { items } = await presentSubscription(context, owner);
        const item = items.data.find((one) => one.id === id);
        if (item === undefined) throw noSuchPath(TYPE, id);
        return item;
      },
    }),
  },
  types: {},
};

async function ownerOf(context: Context, id: string): Promise<string | null> {
  if (id.length > 255) return null;
  return (await context.store.read<string>([TYPE, id])).value;
}
