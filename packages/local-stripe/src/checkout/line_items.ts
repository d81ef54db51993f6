import type { WriteBatch } from "../store/write_batch.ts";
import type { Context } from "../context.ts";
import { invalidRequest, missingParam } from "../api/errors.ts";
import { longId, randomText, shortId } from "../store/ids.ts";
import { PRICE, PRODUCT, readParam } from "../store/schema.ts";
import { amountOf } from "../billing/amounts.ts";
import { unitOf } from "../billing/invoice_lines.ts";
import { mergeMetadata } from "../api/metadata.ts";
import { newPrice } from "../api/price_terms.ts";
import { newProduct } from "../store/objects.ts";
import type { ApiPrice, ApiProduct } from "../api/api_types.ts";
import type { LineParams } from "./session_params.ts";
import type { Line } from "../store/checkout_session.ts";

const MAX_LINES = { recurring: 20, oneTime: 20 };

/**
 * Reads `line_items`. The prices and products of `price_data` are added to the write batch.
 *
 * @throws {ApiError} 400 for an invalid price, or lines that the mode or each other excludes.
 */
export async function readLines(
  context: Context,
  { mode, lines: given }: {
    mode: "payment" | "subscription";
    lines: LineParams[];
  },
  writes: WriteBatch,
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [index, line] of given.entries()) {
    const at = `line_items[${index}]`;
    const sold = line.price_data === undefined
      ? await existingPrice(context, line, at)
      : await newPriceOf(context, { ...line, at }, writes);
    lines.push(lineOf(line, sold, at));
  }
  checkTogether(mode, lines);
  return lines;
}

interface Sold {
  price: ApiPrice;
  name: string;
}

async function existingPrice(
  context: Context,
  { price: id }: LineParams,
  at: string,
): Promise<Sold> {
  const param = `${at}[price]`;
  if (id === undefined) throw missingParam(param);
  const { object: price } = await readParam(context, PRICE, { id, param });
  const product = await context.store.get(PRODUCT, price.product);
  if (!price.active || !product?.object.active) {
    throw invalidRequest(
      `The price ${id} or its product is not active, so that it cannot be sold.`,
      { code: "price_inactive", param },
    );
  }
  return { price, name: product.object.name };
}

type PriceData = NonNullable<LineParams["price_data"]>;

// The price and product of `price_data` are inactive, so that they cannot be sold again.
async function newPriceOf(
  context: Context,
  { at, price: id, price_data: data }: LineParams & { at: string },
  writes: WriteBatch,
): Promise<Sold> {
  const param = `${at}[price_data]`;
  if (data === undefined) throw missingParam(param);
  if (id !== undefined) {
    throw invalidRequest(
      `You may only specify one of these parameters: price, price_data.`,
      { code: "parameters_exclusive", param },
    );
  }
  const { product: productId, product_data: productData, ...terms } = data;
  if ((productId === undefined) === (productData === undefined)) {
    throw invalidRequest(`${param} takes either product or product_data.`, {
      param: `${param}[product]`,
    });
  }
  const product = productId === undefined
    ? newProductOf(context, productData, writes)
    : (await readParam(context, PRODUCT, {
      id: productId,
      param: `${param}[product]`,
    })).object;
  const inactive = { ...terms, active: false };
  const price = newPrice(context, inactive, { product: product.id });
  const createdMs = context.now();
  writes.insert(PRICE, { object: price, extra: null, createdMs });
  return { price, name: product.name };
}

function newProductOf(
  context: Context,
  data: PriceData["product_data"],
  writes: WriteBatch,
): ApiProduct {
  const object = {
    ...newProduct(context, { id: shortId("prod"), name: data?.name ?? "" }),
    description: data?.description ?? null,
    images: data?.images ?? [],
    metadata: mergeMetadata({}, data?.metadata),
    unit_label: data?.unit_label ?? null,
    active: false,
  };
  writes.insert(PRODUCT, { object, extra: null, createdMs: context.now() });
  return object;
}

function lineOf(
  { metadata, quantity }: LineParams,
  { name, price }: Sold,
  at: string,
): Line {
  if (quantity === undefined) throw missingParam(`${at}[quantity]`);
  return {
    id: `li_1${randomText(23)}`,
    price: price.id,
    quantity,
    amountMinor: amountOf(unitOf(price), quantity),
    discountMinor: 0,
    taxMinor: 0,
    inclusive: price.tax_behavior === "inclusive",
    currency: price.currency,
    description: name,
    recurring: price.type === "recurring",
    metadata: mergeMetadata({}, metadata),
  };
}

function checkTogether(mode: "payment" | "subscription", lines: Line[]) {
  const recurring = lines.filter((line) => line.recurring).length;
  const fail = (message: string) =>
    invalidRequest(message, { param: "line_items" });
  if (lines.length === 0) throw missingParam("line_items");
  if (mode === "payment" && recurring > 0) {
    throw fail(
      "A session of mode payment takes one-time prices only. Use mode subscription for recurring ones.",
    );
  }
  if (mode === "subscription" && recurring === 0) {
    throw fail(
      "A session of mode subscription needs at least one recurring price.",
    );
  }
  if (
    mode === "subscription" &&
    (recurring > MAX_LINES.recurring ||
      lines.length - recurring > MAX_LINES.oneTime)
  ) {
    throw fail("A session takes at most 20 recurring and 20 one-time lines.");
  }
  if (new Set(lines.map(({ currency }) => currency)).size > 1) {
    throw fail("All prices of a session have to have the same currency.");
  }
}

/** The id of a new Checkout session, letters and digits only like Stripe's. */
export function sessionId(): string {
  return `cs_test_a1${longId("price").slice(7)}${randomText(32)}`;
}
