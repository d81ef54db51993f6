import type { BillingTransaction } from "../billing/transaction.ts";
import { withCustomer } from "../billing/subscription_actions.ts";
import { DAY_SEC } from "../billing/periods.ts";
import { invalidRequest } from "../api/errors.ts";
import type { Context } from "../context.ts";
import { shortId } from "../store/ids.ts";
import {
  CUSTOMER,
  PAYMENT_METHOD,
  type PaymentMethodExtra,
  TAX_ID,
} from "../store/schema.ts";
import { attached, newCustomer, nulls } from "../store/objects.ts";
import { declineOf, findTestCard } from "../billing/test_cards.ts";
import type { ApiCustomer, ApiPaymentMethod } from "../api/api_types.ts";
import { newTaxId } from "../billing/tax_ids.ts";
import { redeem } from "../billing/discounts.ts";
import { payByDebit, sellTo } from "./session_payment.ts";
import { type Sold, subscribe } from "./session_subscription.ts";
import { readSession } from "./session_expiry.ts";
import { isGuest } from "./session.ts";
import {
  type BankDebit,
  CHECKOUT_SESSION,
  type Payer,
  presentSession,
  type StoredSession,
} from "../store/checkout_session.ts";

/** How long a bank takes to settle a debit. */
const DEBIT_SEC = 4 * DAY_SEC;

/**
 * A payment method of the customer, or one without a customer. `saved`: stored already, also for
 * the bank's page.
 */
export interface Card {
  object: ApiPaymentMethod;
  extra: PaymentMethodExtra;
  saved: boolean;
}

/** A card payment of a session. */
export interface Payment {
  payer: Payer;
  /** `null` if nothing is due and the session collects no payment method. */
  card: Card | null;
  /** The cardholder has just authenticated this payment. */
  authenticated: boolean;
  /** The payer wants to save the card for later purchases. */
  save: boolean;
}

/** `closed`: the session is already complete or expired. */
type Paid = "complete" | "closed";

/** The outcome of a payment before the session is completed. */
interface Purchase {
  sold: Sold;
  debit?: BankDebit;
  method?: ApiPaymentMethod | null;
}

/**
 * Pays an open session by card. The card, the customer, the purchase, the session and all events
 * are one commit, so that a double submit pays once.
 *
 * @throws {ApiError} 402 if the card is declined; nothing is written.
 */
export async function payWithCard(
  context: Context,
  id: string,
  payment: Payment,
): Promise<Paid> {
  return await completeOpen(context, id, payment, async (tx, stored) => {
    const method = await takeCard(tx, payment);
    const source = { method, authenticated: payment.authenticated };
    const sell = stored.object.mode === "subscription" ? subscribe : sellTo;
    return { method, sold: await sell(tx, stored, source) };
  });
}

/**
 * Completes an open session with a bank debit. It stays unpaid until the bank settles the debit,
 * some days later.
 *
 * @param of `answer`: the outcome at the bank.
 */
export async function payWithDebit(
  context: Context,
  id: string,
  of: { payer: Payer; answer: "succeeds" | "fails" | "never" },
): Promise<Paid> {
  const { answer, payer } = of;
  const payment = { payer, card: null, save: false };
  return await completeOpen(context, id, payment, async (tx, stored) => {
    const dueSec = answer === "never" ? null : tx.nowSec + DEBIT_SEC;
    const debit = { dueSec, succeeds: answer === "succeeds" };
    return { debit, sold: await payByDebit(tx, stored) };
  });
}

async function completeOpen(
  context: Context,
  id: string,
  { card, payer, save }: Pick<Payment, "card" | "payer" | "save">,
  purchase: (tx: BillingTransaction, of: StoredSession) => Promise<Purchase>,
): Promise<Paid> {
  const found = await readSession(context, id);
  if (found?.object.status !== "open") return "closed";
  if (card !== null) refuseDeclining(card);
  const customer = found.object.customer ?? shortId("cus");
  return await withCustomer(context, customer, async (tx) => {
    const stored = await tx.find(CHECKOUT_SESSION, id);
    if (stored?.object.status !== "open") return "closed";
    await upsertCustomer(tx, stored, payer);
    const made = await purchase(tx, stored);
    const { redemption } = stored.extra;
    // An invoice redeems the coupon itself.
    if (redemption && !made.sold.invoice) await redeem(tx, redemption);
    complete(tx, stored, { payer, ...made });
    const isNew = card?.object.customer === null;
    if (made.method && isNew) await keepCard(tx, stored, made.method, save);
    return "complete";
  });
}

// A card that always declines is refused up front, so that the attempt leaves no trace.
function refuseDeclining({ extra }: Card) {
  const decline = declineOf(findTestCard(extra.number));
  if (decline !== null) throw decline;
}

/** Creates or updates the customer with the details from the page, unless the payer is a guest. */
async function upsertCustomer(
  tx: BillingTransaction,
  stored: StoredSession,
  payer: Payer,
) {
  const { object, extra } = stored;
  if (isGuest(stored)) return;
  if (object.customer === null) {
    const made = tx.insert(CUSTOMER, {
      ...newCustomer(tx.customerId, tx.nowSec),
      ...collectedNames(payer),
      email: payer.email,
      name: nameOf(payer) || null,
      address: addressOf(payer, null),
    }, null);
    tx.emit("customer.created", made);
    addTaxId(tx, payer);
    return;
  }
  const customer = await tx.customer();
  const { address, name } = extra.customerUpdate;
  const old = customer.address ?? null;
  tx.change(CUSTOMER, {
    ...customer,
    ...collectedNames(payer),
    email: customer.email ?? payer.email,
    name: name && nameOf(payer) ? nameOf(payer) : customer.name ?? null,
    address: address ? addressOf(payer, old) : old,
  });
  const taxIds = await tx.all(TAX_ID, ["tax_ids_by_customer", customer.id]);
  const isKnown = taxIds.some(({ object }) =>
    object.type === payer.taxId?.type && object.value === payer.taxId.value
  );
  if (!isKnown) addTaxId(tx, payer);
}

/** With a tax id, the customer is the business. */
function nameOf({ businessName = "", name, taxId }: Payer): string {
  return taxId && businessName ? businessName : name;
}

function collectedNames({ businessName, individualName }: Payer) {
  return {
    ...(businessName && { business_name: businessName }),
    ...(individualName && { individual_name: individualName }),
  };
}

function addTaxId(tx: BillingTransaction, { taxId }: Payer) {
  if (taxId === undefined) return;
  const object = newTaxId(tx.customerId, taxId, tx.nowSec);
  tx.emit("customer.tax_id.created", tx.insert(TAX_ID, object, null));
}

function addressOf(payer: Payer, before: ApiCustomer["address"]) {
  if (payer.country === "") return before ?? null;
  const empty = nulls("city line1 line2 postal_code state");
  // An address in another country would be wrong as a whole.
  const kept = before?.country === payer.country ? before : null;
  return { ...empty, ...kept, country: payer.country };
}

async function takeCard(
  tx: BillingTransaction,
  { authenticated, card }: Payment,
): Promise<ApiPaymentMethod | null> {
  if (card === null) return null;
  const object = attached(card.object, tx.customerId);
  const extra = {
    ...card.extra,
    confirmed: authenticated || (card.extra.confirmed ?? false),
  };
  if (!card.saved) return tx.insert(PAYMENT_METHOD, object, extra);
  const known = await tx.need(PAYMENT_METHOD, object.id);
  if (known.object.customer !== card.object.customer) {
    throw invalidRequest("This card is no longer saved. Use another card.");
  }
  return tx.change(PAYMENT_METHOD, object, extra);
}

/** Saves a card for future payments as the default; a card for one payment is spent. */
async function keepCard(
  tx: BillingTransaction,
  stored: StoredSession,
  method: ApiPaymentMethod,
  save: boolean,
) {
  const { allowRedisplay, payment } = stored.extra;
  const forLater = stored.object.mode === "subscription" ||
    payment?.setupFutureUsage !== undefined;
  const { extra } = await tx.need(PAYMENT_METHOD, method.id);
  if (!forLater && !save) {
    const spent = { ...extra, spent: true };
    tx.change(PAYMENT_METHOD, { ...method, customer: null }, spent);
    return;
  }
  const allow_redisplay = allowRedisplay ?? (save ? "always" : "limited");
  const kept = tx.change(PAYMENT_METHOD, { ...method, allow_redisplay }, extra);
  tx.emitCreated("payment_method.attached", kept);
  if (!forLater) return;
  const customer = await tx.customer();
  const settings = customer.invoice_settings;
  tx.change(CUSTOMER, {
    ...customer,
    invoice_settings: { ...settings, default_payment_method: method.id },
  });
}

function complete(
  tx: BillingTransaction,
  stored: StoredSession,
  by: { payer: Payer; sold: Sold; debit?: BankDebit },
) {
  const { object } = stored;
  const { debit = null, payer, sold } = by;
  const details = object.customer_details;
  const done: StoredSession["object"] = {
    ...object,
    ...sold,
    customer: isGuest(stored) ? null : tx.customerId,
    customer_details: {
      address: addressOf(payer, null),
      business_name: payer.businessName || null,
      email: details?.email ?? payer.email,
      individual_name: payer.individualName || payer.name || null,
      name: nameOf(payer) || null,
      phone: null,
      tax_exempt: details?.tax_exempt ?? "none",
      tax_ids: payer.taxId ? [payer.taxId] : [],
    },
    collected_information: {
      ...nulls("business_name individual_name shipping_details"),
      ...collectedNames(payer),
    },
    status: "complete",
  };
  const extra = { ...stored.extra, debit, pending: null, failure: null };
  tx.change(CHECKOUT_SESSION, done, extra);
  const shown = presentSession(tx.context, { object: done, extra });
  tx.emitCreated("checkout.session.completed", shown);
}
