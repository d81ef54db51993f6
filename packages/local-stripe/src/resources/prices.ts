import type { Context } from "../context.ts";
import {
  exclusiveParams,
  invalidRequest,
  missingParam,
} from "../api/errors.ts";
import { created, filter, listedIn } from "../api/list.ts";
import { merge } from "../api/merge.ts";
import { metadata } from "../api/metadata.ts";
import * as p from "../api/params.ts";
import {
  currency,
  newPrice,
  PRICE_PARAMS,
  PRICE_TERMS,
} from "../api/price_terms.ts";
import { resource } from "../api/resource.ts";
import { emit, emitUpdate } from "../webhooks/event_emitter.ts";
import { shortId } from "../store/ids.ts";
import { newProduct } from "../store/objects.ts";
import { PRICE, PRODUCT, readParam, readPath } from "../store/schema.ts";
import type { WriteBatch } from "../store/write_batch.ts";
import type { ApiPrice } from "../api/api_types.ts";
import {
  listByLookupKeys,
  moveLookupKey,
  takeLookupKey,
} from "./lookup_keys.ts";
import { emitPriceCreated } from "./plans.ts";
import { checkProductId } from "./products.ts";

const PRODUCT_DATA = p.fields({
  active: p.boolean,
  id: p.text(255, /^[\w-]+$/),
  metadata,
  name: p.required(p.text(250)),
  statement_descriptor: p.text(22),
  tax_code: p.text(20, /^txcd_\d{8}$/),
  unit_label: p.text(12),
  ...p.gaps("tax_details"),
});

const RECURRING = p.fields({
  interval: p.oneOf("day", "week", "month", "year"),
  usage_type: p.oneOf("licensed", "metered"),
  ...p.gaps("meter"),
});

export const prices = resource(PRICE, {
  path: "/v1/prices",
  expand: {
    currency_options: { include: currencyOptions },
    product: PRODUCT,
    tiers: "empty",
  },
  types: { plan: { expand: { product: PRODUCT } } },
  list: {
    filters: {
      active: { reader: p.boolean },
      created,
      currency: { reader: currency },
      lookup_keys: filter(p.list(p.text(200), 10), () => true),
      product: listedIn("prices_by_product"),
      recurring: filter(
        RECURRING,
        ({ recurring }: ApiPrice, { interval, usage_type: usage }) =>
          (interval ?? recurring?.interval) === recurring?.interval &&
          (usage ?? recurring?.usage_type) === recurring?.usage_type,
      ),
      type: { reader: p.oneOf("one_time", "recurring") },
    },
    find: listByLookupKeys,
  },
  create: {
    params: {
      ...PRICE_TERMS,
      ...PRICE_PARAMS,
      product: p.text(255),
      product_data: PRODUCT_DATA,
    },
    async run(context, { product: named, product_data: data, ...params }) {
      if (named === undefined && data === undefined) {
        throw missingParam("product");
      }
      if (named !== undefined && data !== undefined) {
        throw exclusiveParams("product", "product_data");
      }
      return await context.store.untilWritten(async (writes) => {
        const product = await productFor(context, { named, data }, writes);
        const object = newPrice(context, params, { product });
        await takeLookupKey(context, { price: object.id, ...params }, writes);
        emitPriceCreated(context, writes, object);
        const made = { object, extra: null, createdMs: context.now() };
        return writes.insert(PRICE, made).object;
      });
    },
  },
  update: {
    params: {
      active: p.boolean,
      lookup_key: p.nullable(p.text(200)),
      metadata,
      nickname: p.nullable(p.text(250)),
      tax_behavior: PRICE_TERMS.tax_behavior,
      transfer_lookup_key: p.boolean,
      ...p.gaps("currency_options"),
    },
    run(context, { transfer_lookup_key: transfer, ...change }, id) {
      return context.store.untilWritten(async (writes) => {
        const stored = await readPath(context, PRICE, id);
        const { object: before } = stored;
        checkTaxBehavior(before, change.tax_behavior);
        if (change.active === false) await checkArchivable(context, before);
        const key = { stored, key: change.lookup_key, transfer };
        await moveLookupKey(context, key, writes);
        const after = merge(before, change);
        emitUpdate(context, writes, { type: "price.updated", before, after });
        return writes.replace(PRICE, stored, { object: after }).object;
      });
    },
  },
});

async function productFor(
  context: Context,
  { named: id = "", data }: {
    named: string | undefined;
    data: ReturnType<typeof PRODUCT_DATA.read> | undefined;
  },
  writes: WriteBatch,
): Promise<string> {
  if (data === undefined) {
    const named = { id, param: "product" };
    return (await readParam(context, PRODUCT, named)).object.id;
  }
  const { id: wanted = shortId("prod"), ...params } = data;
  await checkProductId(context, wanted, "product_data[id]");
  const blank = newProduct(context, { id: wanted, name: params.name });
  const object = merge(blank, params);
  emit(context, writes, { type: "product.created", object });
  const made = { object, extra: null, createdMs: context.now() };
  return writes.insert(PRODUCT, made).object.id;
}

function checkTaxBehavior(
  price: ApiPrice,
  next: ApiPrice["tax_behavior"] | undefined,
): void {
  if (next === undefined || next === price.tax_behavior) return;
  if (price.tax_behavior === "unspecified") return;
  throw invalidRequest(
    "The tax_behavior of a price cannot be changed once it is specified.",
    { param: "tax_behavior" },
  );
}

async function checkArchivable(
  { store }: Context,
  { id, product }: ApiPrice,
): Promise<void> {
  const owner = await store.get(PRODUCT, product);
  if (owner?.object.default_price !== id) return;
  throw invalidRequest(
    "This price cannot be archived because it is the default price of its product.",
  );
}

async function currencyOptions(
  { store }: Context,
  id: string,
): Promise<unknown> {
  const price = (await store.get(PRICE, id))?.object;
  return price && {
    [price.currency]: {
      custom_unit_amount: price.custom_unit_amount,
      tax_behavior: price.tax_behavior,
      unit_amount: price.unit_amount,
      unit_amount_decimal: price.unit_amount_decimal,
    },
  };
}
