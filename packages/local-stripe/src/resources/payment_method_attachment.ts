import type { Context } from "../context.ts";
import { invalidRequest, noSuchParam } from "../api/errors.ts";
import { merge } from "../api/merge.ts";
import { emit, emitUpdate } from "../webhooks/event_emitter.ts";
import {
  CUSTOMER,
  PAYMENT_METHOD,
  type PaymentMethodExtra,
  readParam,
  readPath,
  type StoredPaymentMethod,
  SUBSCRIPTION,
} from "../store/schema.ts";
import { attached } from "../store/objects.ts";
import type { WriteBatch } from "../store/write_batch.ts";
import type { ApiPaymentMethod } from "../api/api_types.ts";
import { newCardMethod } from "./card_methods.ts";
import { withCustomer } from "../billing/subscription_actions.ts";
import { declineOf, findTestCard, TEST_CARDS } from "../billing/test_cards.ts";

/** A payment method that is attached to the customer, or `null`. */
export async function readAttached(
  context: Context,
  id: string,
  customer: string,
): Promise<StoredPaymentMethod | null> {
  const stored = await context.store.get(PAYMENT_METHOD, id);
  return stored?.object.customer === customer ? stored : null;
}

/** @throws {ApiError} 400 when a payment method is not attached to the customer. */
export async function checkMethod(
  context: Context,
  method: string,
  customer: string,
  param = "default_payment_method",
): Promise<void> {
  if (await readAttached(context, method, customer) !== null) return;
  throw noSuchParam(PAYMENT_METHOD.noun, method, param);
}

/**
 * Attaches a payment method to a customer, as part of the given writes.
 *
 * @param to `id` is a payment method or the name of a test card (`pm_card_visa`), from which one
 * is created. `emitBefore` is called with its id before its event is emitted.
 * @throws {ApiError} 402 for a card that declines; 400 for one that was detached before.
 */
export async function attachTo(
  context: Context,
  to: {
    id: string;
    customer: string;
    param?: string;
    emitBefore?: (method: string) => void;
  },
  writes: WriteBatch,
): Promise<StoredPaymentMethod> {
  const isTestCard = to.id.startsWith("pm_card_") &&
    TEST_CARDS.some(({ names }) => names.includes(to.id.slice(8)));
  const stored = isTestCard ? null : await readAttachable(context, to);
  const { object: method, extra } = stored ??
    await newCardMethod(context, { token: to.id });
  refuseDeclining(extra);
  const object = attached(method, to.customer);
  to.emitBefore?.(object.id);
  emit(context, writes, { type: "payment_method.attached", object });
  if (stored !== null) {
    return writes.replace(PAYMENT_METHOD, stored, { object });
  }
  const createdMs = context.now();
  return writes.insert(PAYMENT_METHOD, { object, extra, createdMs });
}

async function readAttachable(
  context: Context,
  { customer, id, param }: { customer: string; id: string; param?: string },
): Promise<StoredPaymentMethod> {
  const stored = param === undefined
    ? await readPath(context, PAYMENT_METHOD, id)
    : await readParam(context, PAYMENT_METHOD, { id, param });
  checkAttachable(stored, customer);
  return stored;
}

function refuseDeclining(extra: PaymentMethodExtra): void {
  const decline = declineOf(findTestCard(extra.number));
  if (decline !== null) throw decline;
}

function checkAttachable(
  stored: Pick<StoredPaymentMethod, "object" | "extra">,
  customer: string,
): void {
  const owner = stored.object.customer;
  if (owner !== null && owner !== customer) {
    throw invalidRequest(
      "The payment method you provided has already been attached to a customer.",
      { code: "payment_method_unexpected_state", param: "payment_method" },
    );
  }
  if (stored.extra.spent) {
    throw invalidRequest(
      "This PaymentMethod was detached from a Customer before, and may not be used again.",
      { code: "payment_method_unexpected_state", param: "payment_method" },
    );
  }
}

/** Detaches a payment method; it stops being the default of its customer and subscriptions. */
export async function detach(
  context: Context,
  id: string,
): Promise<ApiPaymentMethod> {
  const { customer } = (await readPath(context, PAYMENT_METHOD, id)).object;
  if (customer !== null) {
    await replaceDefaults(context, customer, { from: id, to: null });
  }
  return await context.store.untilWritten(async (writes) => {
    const stored = await readPath(context, PAYMENT_METHOD, id);
    if (stored.object.customer === null) {
      throw invalidRequest(
        "The payment method you provided is not attached to a customer so detachment is impossible.",
        { code: "payment_method_unexpected_state" },
      );
    }
    const owner = await context.store.get(CUSTOMER, stored.object.customer);
    const before = owner?.object;
    if (
      owner && before && !owner.deleted &&
      before.invoice_settings.default_payment_method === id
    ) {
      const settings = { default_payment_method: null };
      const after = merge(before, { invoice_settings: settings });
      writes.replace(CUSTOMER, owner, { object: after });
      emitUpdate(context, writes, { type: "customer.updated", before, after });
    }
    const object = { ...stored.object, customer: null };
    emit(context, writes, { type: "payment_method.detached", object });
    const extra = { ...stored.extra, spent: true };
    return writes.replace(PAYMENT_METHOD, stored, { object, extra }).object;
  });
}

/**
 * Replaces the default payment method of the customer's subscriptions that have their own.
 *
 * @param change Without `from`, every such default is replaced.
 */
export async function replaceDefaults(
  context: Context,
  customer: string,
  { from, to }: { from?: string; to: string | null },
): Promise<void> {
  const list = ["subscriptions_live_by_customer", customer];
  const range = { limit: 1, newestFirst: true };
  if ((await context.store.ids(list, range)).length === 0) return;
  await withCustomer(context, customer, async (tx) => {
    for (const { object: before } of await tx.all(SUBSCRIPTION, list)) {
      const { default_payment_method: old } = before;
      if (old === null || old !== (from ?? old)) continue;
      tx.update(SUBSCRIPTION, before, { default_payment_method: to });
    }
  });
}

/** Detaches the payment methods of a deleted customer. */
export async function detachAll(
  context: Context,
  customer: string,
): Promise<void> {
  const list = ["payment_methods_by_customer", customer];
  for (;;) {
    const ids = await context.store.ids(list, {
      limit: 100,
      newestFirst: true,
    });
    if (ids.length === 0) return;
    for (const { id } of ids) await detach(context, id);
  }
}
