import type { VNode } from "preact";
import type { Card } from "../../checkout/card_payment.ts";
import { asksForMethod, dueTodayMinor } from "../../checkout/session.ts";
import type { Pending, StoredSession } from "../../store/checkout_session.ts";
import type { Context } from "../../context.ts";
import {
  PAYMENT_METHOD,
  type StoredPaymentMethod,
} from "../../store/schema.ts";
import { BankPage } from "../bank_page.tsx";
import { renderDocument } from "../document.tsx";
import { EMPTY_FORM, type FormState, formStatus } from "../forms.tsx";
import { seeOther } from "../responses.ts";
import type { OrderCopy } from "./checkout_copy.ts";
import { knownEmail, namesAsked, offersSave } from "./checkout_form.ts";
import { SessionComplete, SessionExpired } from "./checkout_messages.tsx";
import { OrderSummary } from "./order_summary.tsx";
import { PayForm } from "./pay_form.tsx";

/** An opened Checkout link. */
export interface Checkout {
  context: Context;
  stored: StoredSession;
  /** Path of the session's pages. */
  base: string;
  order: OrderCopy;
  locale: string;
  saved: StoredPaymentMethod[];
  /** Delivers pending webhook events, waiting at most `withinMs`. */
  deliverDue(withinMs: number): Promise<void>;
}

/** The stored card that awaits authentication; `null` if it is gone. */
export async function pendingCard(
  { store }: Context,
  { method }: Pending,
): Promise<Card | null> {
  const stored = await store.get(PAYMENT_METHOD, method);
  // A saved card may have been detached in the meantime.
  if (stored === null || stored.extra.spent) return null;
  return { object: stored.object, extra: stored.extra, saved: true };
}

/** The success URL with the session's id in place of `{CHECKOUT_SESSION_ID}`. */
export function successUrl({ object }: StoredSession): string {
  return (object.success_url ?? "").replaceAll(
    "{CHECKOUT_SESSION_ID}",
    object.id,
  );
}

/** The payment form. */
export function showForm(
  checkout: Checkout,
  state: FormState,
  promotion: FormState = EMPTY_FORM,
): Response {
  const { base, order, stored } = checkout;
  const { object } = stored;
  return render(
    checkout,
    order.title,
    <PayForm
      action={base}
      state={state}
      email={knownEmail(stored)}
      card={object.payment_method_types.includes("card")}
      bank={object.payment_method_types.includes("us_bank_account")}
      saved={checkout.saved.map(({ object }) => object)}
      offersSave={offersSave(stored)}
      asksForMethod={asksForMethod(stored)}
      subscribes={object.mode === "subscription"}
      shownTotal={object.automatic_tax.enabled ? dueTodayMinor(stored) : null}
      business={taxIdAsked(stored)}
      names={namesAsked(stored, taxIdAsked(stored) !== "never")}
      submit={order.submit}
      customText={object.custom_text.submit?.message ?? null}
    />,
    Math.max(formStatus(state), formStatus(promotion)),
    promotion,
  );
}

function taxIdAsked({ object: { tax_id_collection: asked } }: StoredSession) {
  if (!asked?.enabled) return "never";
  return asked.required === "if_supported" ? "required" : "optional";
}

/** The bank's page if a card awaits authentication; otherwise a redirect to the form. */
export async function showBank(checkout: Checkout): Promise<Response> {
  const { base, context, order, stored } = checkout;
  const card = stored.extra.pending &&
    await pendingCard(context, stored.extra.pending);
  if (!card) return seeOther(base);
  return render(
    checkout,
    "Verify your payment",
    <BankPage
      action={`${base}/verify`}
      card={`Visa •••• ${card.object.card.last4}`}
      amount={order.dueToday}
      backUrl={base}
    />,
  );
}

/** The answer of a session that is complete or expired; `posted` for a form sent to it. */
export function showClosed(checkout: Checkout, posted: boolean): Response {
  const { base, stored } = checkout;
  const { after_expiration: after, cancel_url, custom_text, status } =
    stored.object;
  if (status === "complete") {
    // A double submit is redirected like the first one.
    if (posted) return seeOther(successUrl(stored));
    return render(
      checkout,
      "Checkout",
      <SessionComplete
        payment={paymentState(stored)}
        successUrl={successUrl(stored)}
        customText={custom_text.after_submit?.message ?? null}
      />,
    );
  }
  const recovers = after?.recovery?.enabled ?? false;
  return render(
    checkout,
    "Checkout expired",
    <SessionExpired
      recoverAction={recovers ? `${base}/recover` : null}
      cancelUrl={cancel_url}
    />,
    410,
  );
}

function paymentState({ extra, object }: StoredSession) {
  if (extra.debit !== null) return "processing";
  return object.payment_status === "unpaid" ? "failed" : "paid";
}

function render(
  { base, context, order, stored }: Checkout,
  title: string,
  content: VNode,
  status = 200,
  promotion: FormState | null = null,
): Response {
  const { cancel_url, status: state, success_url: success } = stored.object;
  const brand = (
    <OrderSummary
      backUrl={state === "open" ? cancel_url : null}
      order={state === "expired" ? null : order}
      promotion={promotion && stored.object.allow_promotion_codes
        ? { action: `${base}/promotion`, state: promotion }
        : null}
    />
  );
  const formTargets = success === null ? [] : [new URL(success).origin];
  return renderDocument(
    context,
    { title, brand, frame: "checkout", status, formTargets },
    content,
  );
}
