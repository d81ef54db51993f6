import type { BillingTransaction } from "../billing/transaction.ts";
import { withCustomer } from "../billing/subscription_actions.ts";
import type { Context } from "../context.ts";
import { shortId } from "../store/ids.ts";
import {
  CUSTOMER,
  PAYMENT_METHOD,
  type PaymentMethodExtra,
} from "../store/schema.ts";
import { attached } from "../resources/payment_method_attachment.ts";
import { newCustomer } from "../resources/customer_params.ts";
import { declineOf, findTestCard } from "../billing/test_cards.ts";
import type { ApiCustomer, ApiPaymentMethod } from "../api/api_types.ts";
import { redeemCoupon } from "./discounts.ts";
import { sellTo } from "./session_payment.ts";
import { type Sold, subscribe } from "./session_subscription.ts";
import { readSession } from "./session_expiry.ts";
import {
  CHECKOUT_SESSION,
  type Debit,
  isGuest,
  type Payer,
  presentSession,
  type StoredSession,
} from "./session.ts";

/** A payment method that is nobody's; `saved` when the bank's page came between. */
export interface Card {
  object: ApiPaymentMethod;
  extra: PaymentMethodExtra;
  saved: boolean;
}

/** How a session is paid. */
export interface Payment {
  payer: Payer;
  /** `null` where nothing is due and no card is asked for. */
  card: Card | null;
  /** The card's owner has just confirmed it with the bank. */
  authenticated: boolean;
}

/** `closed`: somebody else was first, or the time is over; the page of the moment says which. */
export type Paid = "complete" | "closed";

/**
 * Pays an open session: the card, the customer, what is sold, the session and the events that tell
 * of it are one commit, so that two buttons pressed at once make one payment.
 *
 * @throws {ApiError} 402 when the card is refused; then nothing has happened.
 */
export async function payWithCard(
  context: Context,
  id: string,
  payment: Payment,
): Promise<Paid> {
  const found = await readSession(context, id);
  if (found === null || found.object.status !== "open") return "closed";
  if (payment.card !== null) refuseDeclining(payment.card);
  const customer = found.object.customer ?? shortId("cus");
  return await withCustomer(context, customer, async (transaction) => {
    const stored = await transaction.find(CHECKOUT_SESSION, id);
    if (stored === null || stored.object.status !== "open") return "closed";
    await upsertCustomer(transaction, stored, payment.payer);
    const method = await takeCard(transaction, payment);
    const sold = stored.object.mode === "subscription"
      ? await subscribe(transaction, stored, { method, ...payment })
      : await sellTo(transaction, stored, { method, ...payment });
    await redeemCoupon(transaction, stored);
    complete(transaction, stored, { payer: payment.payer, sold });
    if (method !== null) await keepCard(transaction, stored, method);
    return "complete";
  });
}

// A card that declines is refused before a charge: nothing of the attempt stays.
function refuseDeclining({ extra }: Card): void {
  const decline = declineOf(findTestCard(extra.number));
  if (decline !== null) throw decline;
}

/** The customer with what the page asked for; a guest stays nobody. */
export async function upsertCustomer(
  transaction: BillingTransaction,
  stored: StoredSession,
  payer: Payer,
): Promise<void> {
  const { object, extra } = stored;
  if (isGuest(stored)) return;
  if (object.customer === null) {
    const blank = newCustomer(transaction.customerId, transaction.nowSec);
    const made = transaction.insert(CUSTOMER, {
      ...blank,
      email: payer.email,
      name: payer.name || null,
      address: addressOf(payer, null),
    }, null);
    transaction.emit("customer.created", made);
    return;
  }
  const customer = await transaction.customer();
  const { address, name } = extra.customerUpdate;
  transaction.change(CUSTOMER, {
    ...customer,
    email: customer.email ?? payer.email,
    name: name && payer.name ? payer.name : customer.name ?? null,
    address: address
      ? addressOf(payer, customer.address ?? null)
      : customer.address ?? null,
  });
}

function addressOf(payer: Payer, before: ApiCustomer["address"]) {
  if (payer.country === "") return before ?? null;
  const empty = {
    city: null,
    line1: null,
    line2: null,
    postal_code: null,
    state: null,
  };
  // Another country's streets would be nowhere.
  const kept = before?.country === payer.country ? before : null;
  return { ...empty, ...kept, country: payer.country };
}

async function takeCard(
  transaction: BillingTransaction,
  { authenticated, card }: Payment,
): Promise<ApiPaymentMethod | null> {
  if (card === null) return null;
  const object = attached(card.object, transaction.customerId);
  const extra = { ...card.extra, confirmed: authenticated };
  if (!card.saved) return transaction.insert(PAYMENT_METHOD, object, extra);
  await transaction.need(PAYMENT_METHOD, object.id);
  return transaction.change(PAYMENT_METHOD, object, extra);
}

/** A card is saved where it will be charged again; one that pays once is used up by that. */
async function keepCard(
  transaction: BillingTransaction,
  stored: StoredSession,
  method: ApiPaymentMethod,
): Promise<void> {
  const { mode } = stored.object;
  if (mode === "payment" && !stored.extra.payment?.setupFutureUsage) {
    const { extra } = await transaction.need(PAYMENT_METHOD, method.id);
    const spent = { ...extra, spent: true };
    transaction.change(PAYMENT_METHOD, { ...method, customer: null }, spent);
    return;
  }
  const customer = await transaction.customer();
  const settings = customer.invoice_settings;
  transaction.change(CUSTOMER, {
    ...customer,
    invoice_settings: { ...settings, default_payment_method: method.id },
  });
  // Told first of all: it is known already when the rest is told of.
  transaction.emitCreated("payment_method.attached", method);
}

/** The session is over: what it led to, and who paid. */
export function complete(
  transaction: BillingTransaction,
  stored: StoredSession,
  by: { payer: Payer; sold: Sold; debit?: Debit },
): void {
  const { object } = stored;
  const { debit = null, payer, sold } = by;
  const details = object.customer_details;
  const done: StoredSession["object"] = {
    ...object,
    ...sold,
    customer: isGuest(stored) ? null : transaction.customerId,
    customer_details: {
      address: addressOf(payer, null),
      business_name: null,
      email: details?.email ?? payer.email,
      individual_name: payer.name || null,
      name: payer.name || null,
      phone: null,
      tax_exempt: details?.tax_exempt ?? "none",
      tax_ids: [],
    },
    status: "complete",
  };
  const extra = { ...stored.extra, debit, pending: null, failure: null };
  transaction.change(CHECKOUT_SESSION, done, extra);
  const shown = presentSession(transaction.context, { object: done, extra });
  transaction.emitCreated("checkout.session.completed", shown);
}
