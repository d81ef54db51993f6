import type { Context } from "../context.ts";
import { invalidRequest, noSuchParam, noSuchPath } from "../api/errors.ts";
import { emit, emitUpdate } from "../webhooks/event_emitter.ts";
import {
  CUSTOMER,
  PAYMENT_METHOD,
  type PaymentMethodExtra,
  type StoredPaymentMethod,
} from "../store/schema.ts";
import type { WriteBatch } from "../store/write_batch.ts";
import type { ApiPaymentMethod } from "../api/api_types.ts";
import { newCardMethod } from "./card_methods.ts";
import { declineOf, findTestCard, TEST_CARDS } from "../billing/test_cards.ts";

/** A customer's own payment method, or `null` when it is nobody's or another's. */
export async function readAttached(
  context: Context,
  id: string,
  customer: string,
): Promise<StoredPaymentMethod | null> {
  const stored = await context.store.get(PAYMENT_METHOD, id);
  return stored?.object.customer === customer ? stored : null;
}

/**
 * Plans that a customer gets a payment method: an id, or the name of a test card (`pm_card_visa`),
 * of which a new one is made.
 *
 * @param to `emitBefore` is called with the method's id before its own event is told.
 * @throws {ApiError} 402 for a card that declines; 400 for one that has been used before.
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
  const token = TEST_CARDS.find((card) =>
    card.names.some((name) => to.id === `pm_card_${name}`)
  );
  if (token !== undefined) {
    const made = await newCardMethod(context, { token: to.id });
    const object = attached(made.object, to.customer);
    refuseDeclining(made.extra);
    to.emitBefore?.(object.id);
    emit(context, writes, { type: "payment_method.attached", object });
    return writes.insert(PAYMENT_METHOD, {
      object,
      extra: made.extra,
      createdMs: context.now(),
    });
  }
  const stored = await context.store.get(PAYMENT_METHOD, to.id);
  if (stored === null) {
    throw to.param === undefined
      ? noSuchPath(PAYMENT_METHOD.noun, to.id)
      : noSuchParam(PAYMENT_METHOD.noun, to.id, to.param);
  }
  checkAttachable(stored, to.customer);
  refuseDeclining(stored.extra);
  const object = attached(stored.object, to.customer);
  to.emitBefore?.(object.id);
  emit(context, writes, { type: "payment_method.attached", object });
  return writes.replace(PAYMENT_METHOD, stored, { object });
}

/** A payment method once it is a customer's: its code has been checked with the bank. */
export function attached(
  method: ApiPaymentMethod,
  customer: string,
): ApiPaymentMethod {
  const { checks } = method.card;
  const passed = checks && { ...checks, cvc_check: checks.cvc_check && "pass" };
  return { ...method, card: { ...method.card, checks: passed }, customer };
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
      {
        code: "payment_method_unexpected_state",
        param: "payment_method",
      },
    );
  }
  if (stored.extra.spent) {
    throw invalidRequest(
      "This PaymentMethod was detached from a Customer before, and may not be used again.",
      { code: "payment_method_unexpected_state", param: "payment_method" },
    );
  }
}

/** Takes a payment method from its customer, whose default it may have been. */
export async function detach(
  context: Context,
  id: string,
): Promise<ApiPaymentMethod> {
  return await context.store.untilWritten(async (writes) => {
    const stored = await readMethod(context, id);
    if (stored.object.customer === null) {
      throw invalidRequest(
        "The payment method you provided is not attached to a customer so detachment is impossible.",
        { code: "payment_method_unexpected_state" },
      );
    }
    const owner = await context.store.get(CUSTOMER, stored.object.customer);
    const settings = owner?.object.invoice_settings;
    if (owner && !owner.deleted && settings?.default_payment_method === id) {
      const invoice_settings = {
        ...owner.object.invoice_settings,
        default_payment_method: null,
      };
      const after = { ...owner.object, invoice_settings };
      writes.replace(CUSTOMER, owner, { object: after });
      emitUpdate(context, writes, {
        type: "customer.updated",
        before: owner.object,
        after,
      });
    }
    const object = { ...stored.object, customer: null };
    emit(context, writes, { type: "payment_method.detached", object });
    const extra = { ...stored.extra, spent: true };
    return writes.replace(PAYMENT_METHOD, stored, { object, extra }).object;
  });
}

/** Detaches all that a deleted customer had. */
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

/** The payment method that a path names. */
export async function readMethod(
  context: Context,
  id: string,
): Promise<StoredPaymentMethod> {
  const stored = await context.store.get(PAYMENT_METHOD, id);
  if (stored === null) throw noSuchPath(PAYMENT_METHOD.noun, id);
  return stored;
}
