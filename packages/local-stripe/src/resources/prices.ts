import type { Context } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, missingParam, noSuchPath } from "../api/errors.ts";
import { emit, emitUpdate } from "../webhooks/event_emitter.ts";
import { shortId } from "../store/ids.ts";
import { PRICE, PRODUCT, readParam } from "../store/schema.ts";
import { type ListOf, PAGE, page, range, within } from "../api/pagination.ts";
import {
  boolean,
  fields,
  list,
  missing,
  nullable,
  oneOf,
  type Read,
  required,
  text,
} from "../api/params.ts";
import type { WriteBatch } from "../store/write_batch.ts";
import type { ApiPrice } from "../api/api_types.ts";
import { moveLookupKey, takeLookupKey } from "./lookup_keys.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import {
  currency,
  newPrice,
  PRICE_PARAMS,
  PRICE_TERMS,
} from "./price_terms.ts";
import { newProduct, productTaken } from "./products.ts";

const PRODUCT_DATA = fields({
  active: boolean,
  id: text(255, /^[\w-]+$/),
  metadata,
  name: required(text(250)),
  statement_descriptor: text(22),
  tax_code: text(20, /^txcd_\d{8}$/),
  tax_details: missing,
  unit_label: text(12),
});

export const createPrice = endpoint({
  returns: "price",
  params: {
    ...PRICE_TERMS,
    ...PRICE_PARAMS,
    product: text(255),
    product_data: PRODUCT_DATA,
  },
  async run(context, { product: named, product_data: data, ...params }) {
    if (named === undefined && data === undefined) {
      throw missingParam("product");
    }
    if (named !== undefined && data !== undefined) {
      throw invalidRequest(
        "You may only specify one of these parameters: product, product_data.",
        {
          code: "parameters_exclusive",
          param: "product_data",
        },
      );
    }
    return await context.store.untilWritten(async (writes) => {
      const product = await productFor(context, { named, data }, writes);
      const object = newPrice(context, params, { product });
      await takeLookupKey(context, { price: object.id, ...params }, writes);
      emit(context, writes, { type: "price.created", object });
      return writes.insert(PRICE, {
        object,
        extra: null,
        createdMs: context.now(),
      }).object;
    });
  },
});

export const retrievePrice = endpoint({
  returns: "price",
  params: {},
  async run({ store }, _params, ids) {
    const id = onlyId(ids);
    const stored = await store.get(PRICE, id);
    if (stored === null) throw noSuchPath(PRICE.noun, id);
    return stored.object;
  },
});

export const updatePrice = endpoint({
  returns: "price",
  params: {
    active: boolean,
    currency_options: missing,
    lookup_key: nullable(text(200)),
    metadata,
    nickname: nullable(text(250)),
    tax_behavior: PRICE_TERMS.tax_behavior,
    transfer_lookup_key: boolean,
  },
  async run(context, params, ids) {
    const id = onlyId(ids);
    const { store } = context;
    const { metadata: toMetadata, transfer_lookup_key: transfer, ...plain } =
      params;
    return await store.untilWritten(async (writes) => {
      const stored = await store.get(PRICE, id);
      if (stored === null) throw noSuchPath(PRICE.noun, id);
      checkTaxBehavior(stored.object, params.tax_behavior);
      await moveLookupKey(
        context,
        { stored, key: params.lookup_key, transfer },
        writes,
      );
      const object = {
        ...stored.object,
        ...plain,
        metadata: mergeMetadata(stored.object.metadata, toMetadata),
      };
      emitUpdate(context, writes, {
        type: "price.updated",
        before: stored.object,
        after: object,
      });
      return writes.replace(PRICE, stored, { object }).object;
    });
  },
});

const LIST_PARAMS = {
  ...PAGE,
  active: boolean,
  created: range,
  currency,
  lookup_keys: list(text(200), 10),
  product: text(255),
  recurring: fields({
    interval: oneOf("day", "week", "month", "year"),
    meter: missing,
    usage_type: oneOf("licensed", "metered"),
  }),
  type: oneOf("one_time", "recurring"),
};
type ListParams = Read<typeof LIST_PARAMS>;

export const listPrices = endpoint({
  returns: "price",
  many: true,
  params: LIST_PARAMS,
  async run(context, params) {
    if (params.lookup_keys !== undefined) {
      return await listByLookupKeys(context, params);
    }
    const { product } = params;
    return await page(context.store, {
      collection: PRICE,
      list: product === undefined ? ["prices"] : ["prices_by_product", product],
      params,
      url: "/v1/prices",
      matches: (price) => isWanted(price, params),
    });
  },
});

function isWanted(price: ApiPrice, params: ListParams): boolean {
  const { interval, usage_type: usage } = params.recurring ?? {};
  return (params.active === undefined || price.active === params.active) &&
    (params.currency === undefined || price.currency === params.currency) &&
    (params.product === undefined || price.product === params.product) &&
    (params.type === undefined || price.type === params.type) &&
    (interval === undefined || price.recurring?.interval === interval) &&
    (usage === undefined || price.recurring?.usage_type === usage);
}

// Ten keys name ten prices at most, so that they are read by name and never looked for.
async function listByLookupKeys(
  context: Context,
  params: ListParams,
): Promise<ListOf<ApiPrice>> {
  const rows = await Promise.all((params.lookup_keys ?? []).map(async (key) => {
    const holder = await context.store.read<string>(["lookup_key", key]);
    return holder.value === null
      ? null
      : await context.store.get(PRICE, holder.value);
  }));
  const {
    created = {},
    limit = 10,
    starting_after: after,
    ending_before: before,
  } = params;
  if (before !== undefined) {
    missing.read(before, "ending_before together with lookup_keys");
  }
  const found = rows.filter((stored) => stored !== null)
    .filter(({ object }) =>
      isWanted(object, params) && within(object.created, created)
    )
    .sort((a, b) => a.order < b.order ? 1 : -1)
    .map(({ object }) => object);
  const from = after === undefined
    ? 0
    : found.findIndex(({ id }) => id === after) + 1;
  return {
    object: "list",
    data: found.slice(from, from + limit),
    has_more: found.length > from + limit,
    url: "/v1/prices",
  };
}

async function productFor(
  context: Context,
  of: {
    named: string | undefined;
    data: ReturnType<typeof PRODUCT_DATA.read> | undefined;
  },
  writes: WriteBatch,
): Promise<string> {
  if (of.data === undefined) {
    return (await readParam(context, PRODUCT, {
      id: of.named ?? "",
      param: "product",
    })).object.id;
  }
  const { id = shortId("prod"), metadata: given, ...plain } = of.data;
  if (await context.store.get(PRODUCT, id) !== null) {
    throw productTaken(id, "product_data[id]");
  }
  const object = {
    ...newProduct(context, { id, name: plain.name }),
    ...plain,
    metadata: mergeMetadata({}, given),
  };
  emit(context, writes, { type: "product.created", object });
  return writes.insert(PRODUCT, {
    object,
    extra: null,
    createdMs: context.now(),
  }).object.id;
}

function checkTaxBehavior(
  price: ApiPrice,
  next: ApiPrice["tax_behavior"] | undefined,
): void {
  if (next === undefined || next === price.tax_behavior) return;
  if (price.tax_behavior !== "unspecified") {
    throw invalidRequest(
      "The tax_behavior of a price cannot be changed once it is specified.",
      {
        param: "tax_behavior",
      },
    );
  }
}
