import type { Context } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { noSuchParam, noSuchPath } from "../api/errors.ts";
import { type ListOf, PAGE } from "../api/pagination.ts";
import { missing, required, text } from "../api/params.ts";
import { presentSubscription } from "./subscriptions.ts";
import type { ApiSubscriptionItem } from "../api/api_types.ts";
import { SUBSCRIPTION } from "../store/schema.ts";

const NOUN = "subscription_item";

export const retrieveSubscriptionItem = endpoint({
  returns: "subscription_item",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    const owner = await ownerOf(context, id);
    if (owner === null) throw noSuchPath(NOUN, id);
    const { items } = await presentSubscription(context, owner);
    const item = items.data.find((one) => one.id === id);
    if (item === undefined) throw noSuchPath(NOUN, id);
    return item;
  },
});

async function ownerOf(context: Context, id: string): Promise<string | null> {
  if (id.length > 255) return null;
  return (await context.store.read<string>(["subscription_item", id])).value;
}

export const listSubscriptionItems = endpoint({
  returns: "subscription_item",
  many: true,
  params: { ...PAGE, subscription: required(text(255)) },
  async run(context, params): Promise<ListOf<ApiSubscriptionItem>> {
    const { ending_before: before, limit = 10, subscription: id } = params;
    if (before !== undefined) {
      missing.read(before, "ending_before of subscription items");
    }
    if (await context.store.get(SUBSCRIPTION, id) === null) {
      throw noSuchParam(SUBSCRIPTION.noun, id, "subscription");
    }
    const { data } = (await presentSubscription(context, id)).items;
    const from = placeAfter(data, params.starting_after);
    return {
      object: "list",
      data: data.slice(from, from + limit),
      has_more: data.length > from + limit,
      url: "/v1/subscription_items",
    };
  },
});

function placeAfter(
  data: ApiSubscriptionItem[],
  after: string | undefined,
): number {
  if (after === undefined) return 0;
  const place = data.findIndex(({ id }) => id === after) + 1;
  if (place === 0) throw noSuchParam(NOUN, after, "starting_after");
  return place;
}
