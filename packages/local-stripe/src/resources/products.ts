import { type Context, nowSec } from "../context.ts";
import { endpoint, onlyId } from "../api/endpoint.ts";
import { invalidRequest, noSuchParam, noSuchPath } from "../api/errors.ts";
import { emit, emitUpdate } from "../webhooks/event_emitter.ts";
import { shortId } from "../store/ids.ts";
import { PRICE, PRODUCT } from "../store/schema.ts";
import { PAGE, page, range } from "../api/pagination.ts";
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
  url,
} from "../api/params.ts";
import type { ApiProduct } from "../api/api_types.ts";
import { mergeMetadata, metadata } from "../api/metadata.ts";
import { newPrice, PRICE_TERMS } from "./price_terms.ts";

const PRODUCT_PARAMS = {
  active: boolean,
  description: nullable(text()),
  images: nullable(list(url, 8)),
  marketing_features: nullable(list(fields({ name: required(text(80)) }), 15)),
  metadata,
  name: text(250),
  package_dimensions: missing,
  shippable: missing,
  statement_descriptor: text(22),
  tax_code: nullable(text(20, /^txcd_\d{8}$/)),
  tax_details: missing,
  unit_label: nullable(text(12)),
  url: nullable(url),
};
type ProductChange = Read<typeof PRODUCT_PARAMS>;

export const createProduct = endpoint({
  returns: "product",
  params: {
    ...PRODUCT_PARAMS,
    default_price_data: fields(PRICE_TERMS),
    id: text(255, /^[\w-]+$/),
    name: required(PRODUCT_PARAMS.name),
    type: oneOf("service", "good"),
  },
  async run(
    context,
    { default_price_data: priceData, id = shortId("prod"), type, ...params },
  ) {
    if (type === "good") missing.read(type, "type=good");
    const base = changed(
      newProduct(context, { id, name: params.name }),
      params,
    );
    return await context.store.untilWritten(async (writes) => {
      if (await context.store.get(PRODUCT, id) !== null) {
        throw productTaken(id, "id");
      }
      const createdMs = context.now();
      const price = priceData && newPrice(context, priceData, { product: id });
      const object = { ...base, default_price: price?.id ?? null };
      emit(context, writes, { type: "product.created", object });
      if (price) {
        writes.insert(PRICE, { object: price, extra: null, createdMs });
        emit(context, writes, { type: "price.created", object: price });
      }
      return writes.insert(PRODUCT, { object, extra: null, createdMs }).object;
    });
  },
});

export const retrieveProduct = endpoint({
  returns: "product",
  params: {},
  async run({ store }, _params, ids) {
    const id = onlyId(ids);
    const stored = await store.get(PRODUCT, id);
    if (stored === null || stored.deleted) throw noSuchPath(PRODUCT.noun, id);
    return stored.object;
  },
});

export const updateProduct = endpoint({
  returns: "product",
  params: { ...PRODUCT_PARAMS, default_price: text(255) },
  async run(context, { default_price: price, ...params }, ids) {
    const id = onlyId(ids);
    if (price !== undefined) await checkDefaultPrice(context, id, price);
    const stored = await context.store.update(
      PRODUCT,
      id,
      ({ object }) => ({
        object: {
          ...changed(object, params),
          updated: nowSec(context),
          ...(price !== undefined && { default_price: price }),
        },
      }),
      (writes, before, after) =>
        emitUpdate(context, writes, { type: "product.updated", before, after }),
    );
    if (stored === null) throw noSuchPath(PRODUCT.noun, id);
    return stored.object;
  },
});

export const deleteProduct = endpoint({
  returns: "product",
  params: {},
  async run(context, _params, ids) {
    const id = onlyId(ids);
    const { store } = context;
    return await store.untilWritten(async (writes) => {
      const stored = await store.get(PRODUCT, id);
      if (stored === null || stored.deleted) throw noSuchPath(PRODUCT.noun, id);
      const prices = await store.ids(["prices_by_product", id], {
        limit: 1,
        newestFirst: true,
      });
      if (prices.length > 0) {
        throw invalidRequest(
          "This product cannot be deleted because it has one or more user-created prices.",
        );
      }
      const { object } = writes.replace(PRODUCT, stored, { deleted: true });
      emit(context, writes, { type: "product.deleted", object });
      return { id, object: "product", deleted: true };
    });
  },
});

export const listProducts = endpoint({
  returns: "product",
  many: true,
  params: {
    ...PAGE,
    active: boolean,
    created: range,
    ids: list(text(255), 100),
    shippable: boolean,
    type: oneOf("service", "good"),
    url,
  },
  run({ store }, params) {
    const { active, ids, shippable, type, url: wanted } = params;
    return page(store, {
      collection: PRODUCT,
      list: ["products"],
      params,
      url: "/v1/products",
      matches: (product) =>
        (active === undefined || product.active === active) &&
        (ids === undefined || ids.includes(product.id)) &&
        (shippable === undefined || product.shippable === shippable) &&
        (type === undefined || product.type === type) &&
        (wanted === undefined || product.url === wanted),
    });
  },
});

/** A product as it begins, for this endpoint and for a price that brings its own. */
export function newProduct(
  context: Context,
  named: { id: string; name: string },
): ApiProduct {
  const created = nowSec(context);
  return {
    id: named.id,
    object: "product",
    active: true,
    created,
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    name: named.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: "service",
    unit_label: null,
    updated: created,
    url: null,
  };
}

function changed(product: ApiProduct, change: ProductChange): ApiProduct {
  const {
    images,
    marketing_features: features,
    metadata: toMetadata,
    ...plain
  } = change;
  return {
    ...product,
    ...plain,
    ...(images !== undefined && { images: images ?? [] }),
    ...(features !== undefined && { marketing_features: features ?? [] }),
    metadata: mergeMetadata(product.metadata, toMetadata),
  };
}

async function checkDefaultPrice(
  context: Context,
  product: string,
  id: string,
): Promise<void> {
  const price = await context.store.get(PRICE, id);
  if (price === null) throw noSuchParam(PRICE.noun, id, "default_price");
  if (price.object.product !== product) {
    throw invalidRequest(
      `The price ${id} does not belong to the product ${product}.`,
      {
        param: "default_price",
      },
    );
  }
}

/** The refusal of a product id that is in use, also by a deleted product. */
export function productTaken(id: string, param: string) {
  return invalidRequest(`Product already exists: ${id}`, {
    code: "resource_already_exists",
    param,
  });
}
