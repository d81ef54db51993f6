import { type Context, nowSec } from "../context.ts";
import { invalidRequest, noSuchParam } from "../api/errors.ts";
import { created, filter } from "../api/list.ts";
import { merge } from "../api/merge.ts";
import { metadata } from "../api/metadata.ts";
import * as p from "../api/params.ts";
import { insertObject, resource, updateObject } from "../api/resource.ts";
import { emit } from "../webhooks/event_emitter.ts";
import { shortId } from "../store/ids.ts";
import { newProduct } from "../store/objects.ts";
import { PRICE, PRODUCT } from "../store/schema.ts";
import type { ApiProduct } from "../api/api_types.ts";
import { newPrice, PRICE_TERMS } from "../api/price_terms.ts";
import { emitPriceCreated } from "./plans.ts";

const TYPE = p.oneOf("service", "good");

const PRODUCT_PARAMS = {
  active: p.boolean,
  description: p.nullable(p.text()),
  images: p.listOrEmpty(p.url, 8),
  marketing_features: p.listOrEmpty(
    p.fields({ name: p.required(p.text(80)) }),
    15,
  ),
  metadata,
  name: p.text(250),
  statement_descriptor: p.text(22),
  tax_code: p.nullable(p.text(20, /^txcd_\d{8}$/)),
  unit_label: p.nullable(p.text(12)),
  url: p.nullable(p.url),
  ...p.gaps("package_dimensions", "shippable", "tax_details"),
};

export const products = resource(PRODUCT, {
  path: "/v1/products",
  expand: {
    default_price: PRICE,
    tax_code: { missing: "tax codes (expand tax_code)" },
  },
  list: {
    filters: {
      active: { reader: p.boolean },
      created,
      ids: filter(
        p.list(p.text(255), 100),
        ({ id }: ApiProduct, ids) => ids.includes(id),
      ),
      shippable: { reader: p.boolean },
      type: { reader: TYPE },
      url: { reader: p.url },
    },
  },
  create: {
    params: {
      ...PRODUCT_PARAMS,
      default_price_data: p.fields(PRICE_TERMS),
      id: p.text(255, /^[\w-]+$/),
      name: p.required(PRODUCT_PARAMS.name),
      type: TYPE,
    },
    run(
      context,
      { default_price_data: priceData, id: given, type, ...params },
    ) {
      if (type === "good") p.missing.read(type, "type=good");
      const id = given ?? shortId("prod");
      const price = priceData && newPrice(context, priceData, { product: id });
      const object = {
        ...merge(newProduct(context, { id, name: params.name }), params),
        default_price: price?.id ?? null,
      };
      const made = { object, extra: null };
      return insertObject(context, PRODUCT, made, async (writes) => {
        await checkProductId(context, id, "id");
        emit(context, writes, { type: "product.created", object });
        if (price === undefined) return;
        const createdMs = context.now();
        writes.insert(PRICE, { object: price, extra: null, createdMs });
        emitPriceCreated(context, writes, price);
      });
    },
  },
  update: {
    params: { ...PRODUCT_PARAMS, default_price: p.text(255) },
    async run(context, params, id) {
      const { default_price: price } = params;
      if (price !== undefined) await checkDefaultPrice(context, id, price);
      const { object } = await updateObject(
        context,
        PRODUCT,
        id,
        ({ object }) => ({
          object: { ...merge(object, params), updated: nowSec(context) },
        }),
        "product.updated",
      );
      return object;
    },
  },
  delete: {
    event: "product.deleted",
    async check({ store }, { object: { id } }) {
      const range = { limit: 1, newestFirst: true };
      const prices = await store.ids(["prices_by_product", id], range);
      if (prices.length === 0) return;
      throw invalidRequest(
        "This product cannot be deleted because it has one or more user-created prices.",
      );
    },
  },
});

async function checkDefaultPrice(
  context: Context,
  product: string,
  id: string,
): Promise<void> {
  const price = await context.store.get(PRICE, id);
  if (price === null) throw noSuchParam(PRICE.noun, id, "default_price");
  if (price.object.product === product) return;
  throw invalidRequest(
    `The price ${id} does not belong to the product ${product}.`,
    { param: "default_price" },
  );
}

/** @throws {ApiError} 400 for an id that is in use, also by a deleted product. */
export async function checkProductId(
  context: Context,
  id: string,
  param: string,
): Promise<void> {
  if (await context.store.get(PRODUCT, id) === null) return;
  throw invalidRequest(`Product already exists: ${id}`, {
    code: "resource_already_exists",
    param,
  });
}
