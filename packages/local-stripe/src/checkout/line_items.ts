import type { WriteBatch } from "../store/write_batch.ts";
import type { Context } from "../context.ts";
import { invalidRequest, missingParam } from "../api/errors.ts";
import { longId, randomText, shortId } from "../store/ids.ts";
import { PRICE, PRODUCT, readParam } from "../store/schema.ts";
import { mergeMetadata } from "../api/metadata.ts";
import { newPrice } from "../resources/price_terms.ts";
import { newProduct } from "../resources/products.ts";
import type { ApiPrice } from "../api/api_types.ts";
import type { LineParams } from "./session_params.ts";
import type { Line } from "./session.ts";

const MOST = { recurring: 20, oneTime: 20, payment: 100 };

/**
 * Reads what is to be sold, and plans the prices that are made on the way.
 *
 * @throws {ApiError} 400 for lines that cannot be sold together or in this mode.
 */
export async function readLines(
  context: Context,
  asked: { mode: "payment" | "subscription"; lines: LineParams[] },
  writes: WriteBatch,
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [index, given] of asked.lines.entries()) {
    const at = `line_items[${index}]`;
    const { price, name } = await priceOf(context, { given, at }, writes);
    lines.push(lineOf(price, { given, at, name }));
  }
  checkTogether(asked.mode, lines);
  return lines;
}

interface Given {
  given: LineParams;
  at: string;
}

async function priceOf(
  context: Context,
  { given, at }: Given,
  writes: WriteBatch,
): Promise<{ price: ApiPrice; name: string }> {
  const { price: id, price_data: data } = given;
  if (id !== undefined && data !== undefined) {
    throw invalidRequest(
      `You may only specify one of these parameters: price, price_data.`,
      { code: "parameters_exclusive", param: `${at}[price_data]` },
    );
  }
  if (data !== undefined) return await pricePlanned(context, given, at, writes);
  if (id === undefined) throw missingParam(`${at}[price]`);
  const { object: price } = await readParam(context, PRICE, {
    id,
    param: `${at}[price]`,
  });
  const product = await context.store.get(PRODUCT, price.product);
  if (!price.active || !product?.object.active) {
    throw invalidRequest(
      `The price ${id} or its product is not active, so that it cannot be sold.`,
      { code: "price_inactive", param: `${at}[price]` },
    );
  }
  return { price, name: product.object.name };
}

// A price of the moment: it is there to be referred to, and not to be sold by again.
async function pricePlanned(
  context: Context,
  { price_data: data }: LineParams,
  at: string,
  writes: WriteBatch,
): Promise<{ price: ApiPrice; name: string }> {
  if (data === undefined) throw missingParam(`${at}[price_data]`);
  const { product: named, product_data: made, recurring, ...terms } = data;
  if ((named === undefined) === (made === undefined)) {
    throw invalidRequest(
      `${at}[price_data] takes either product or product_data.`,
      { param: `${at}[price_data][product]` },
    );
  }
  const createdMs = context.now();
  const product = named !== undefined
    ? (await readParam(context, PRODUCT, {
      id: named,
      param: `${at}[price_data][product]`,
    })).object
    : {
      ...newProduct(context, { id: shortId("prod"), name: made?.name ?? "" }),
      description: made?.description ?? null,
      images: made?.images ?? [],
      metadata: mergeMetadata({}, made?.metadata),
      unit_label: made?.unit_label ?? null,
      active: false,
    };
  if (named === undefined) {
    writes.insert(PRODUCT, { object: product, extra: null, createdMs });
  }
  const price = newPrice(context, {
    ...terms,
    ...(recurring && { recurring }),
    active: false,
  }, { product: product.id });
  writes.insert(PRICE, { object: price, extra: null, createdMs });
  return { price, name: product.name };
}

function lineOf(
  price: ApiPrice,
  { given, at, name }: Given & { name: string },
): Line {
  const { quantity } = given;
  if (quantity === undefined) {
    throw missingParam(`${at}[quantity]`);
  }
  return {
    id: `li_1${randomText(23)}`,
    price: price.id,
    quantity,
    amountMinor: amountOf(price, quantity),
    currency: price.currency,
    description: name,
    recurring: price.type === "recurring",
    metadata: mergeMetadata({}, given.metadata),
  };
}

function checkTogether(mode: "payment" | "subscription", lines: Line[]): void {
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
    (recurring > MOST.recurring || lines.length - recurring > MOST.oneTime)
  ) {
    throw fail("A session takes at most 20 recurring and 20 one-time lines.");
  }
  if (new Set(lines.map(({ currency }) => currency)).size > 1) {
    throw fail("All prices of a session have to have the same currency.");
  }
}

/** What a number of them costs, in the minor unit; half a unit counts as one. */
export function amountOf(price: ApiPrice, quantity: number): number {
  if (price.unit_amount !== null) return price.unit_amount * quantity;
  const [whole = "0", behind = ""] = (price.unit_amount_decimal ?? "0")
    .split(".");
  const scale = 10n ** BigInt(behind.length);
  const exact = BigInt(whole + behind) * BigInt(quantity);
  return Number((exact + scale / 2n) / scale);
}

/** A new Checkout session's id. */
export function sessionId(): string {
  // Shaped like Stripe's own, letters and digits only.
  return `cs_test_a1${longId("price").slice(7)}${randomText(32)}`;
}
