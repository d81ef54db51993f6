import type { Books } from "../billing/transaction.ts";
import { addPending } from "../billing/invoice_lifecycle.ts";
import { start } from "../billing/subscription_start.ts";
import { idOf } from "../billing/subscription_objects.ts";
import { PRICE } from "../store/schema.ts";
import type { WirePaymentMethod } from "../api/api_types.ts";
import { dueTodayMinor, type Line, type SessionRow } from "./session.ts";

const DAY_SEC = 86_400;

/** What a session led to. */
export type Sold = Partial<
  Pick<
    SessionRow["object"],
    "invoice" | "payment_intent" | "payment_status" | "subscription"
  >
>;

/** What it is paid with. */
export interface Tender {
  method: WirePaymentMethod | null;
  authenticated: boolean;
}

/** Begins the subscription that a session sells; what is bought once goes onto its first invoice. */
export async function subscribe(
  books: Books,
  row: SessionRow,
  { method, authenticated }: Tender,
): Promise<Sold> {
  const { description, metadata, missingPaymentMethod } =
    row.extra.subscription ?? {};
  for (const line of row.extra.lines.filter(({ recurring }) => !recurring)) {
    await addPending(books, await entryOf(books, line));
  }
  const trialEndSec = trialEnd(books, row);
  const subscription = await start(books, {
    items: row.extra.lines.filter(({ recurring }) => recurring)
      .map(({ price, quantity, metadata }) => ({ price, quantity, metadata })),
    authenticated,
    paymentBehavior: "error_if_incomplete",
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    ...(method !== null && { defaultPaymentMethod: method.id }),
    ...(missingPaymentMethod !== undefined && { missingPaymentMethod }),
    ...(trialEndSec !== undefined && { trialEndSec }),
  });
  return {
    invoice: idOf(subscription.latest_invoice),
    payment_status: dueTodayMinor(row) > 0 ? "paid" : "no_payment_required",
    subscription: subscription.id,
  };
}

function trialEnd(books: Books, { extra }: SessionRow): number | undefined {
  const { trialEndSec, trialPeriodDays: days } = extra.subscription ?? {};
  if (trialEndSec !== undefined) return trialEndSec;
  return days === undefined ? undefined : books.nowSec + days * DAY_SEC;
}

/** A line as something to be billed. */
export async function entryOf(books: Books, line: Line) {
  const { object: price } = await books.need(PRICE, line.price);
  return {
    amountMinor: line.amountMinor,
    currency: line.currency,
    description: line.description,
    startSec: books.nowSec,
    endSec: books.nowSec,
    quantity: line.quantity,
    unitDecimal: price.unit_amount_decimal,
    price: { id: price.id, product: price.product },
    metadata: line.metadata,
    subscription: null,
    item: null,
    proration: false,
  };
}
