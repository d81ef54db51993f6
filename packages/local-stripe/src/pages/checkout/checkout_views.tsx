import type { VNode } from "preact";
import type { Card } from "../../checkout/card_payment.ts";
import {
  asksForMethod,
  type Pending,
  type StoredSession,
} from "../../checkout/session.ts";
import type { Context } from "../../context.ts";
import { PAYMENT_METHOD } from "../../store/schema.ts";
import { htmlPage, seeOther } from "../html.ts";
import { pagesPath } from "../portal/portal_session.ts";
import { CheckoutFrame } from "./checkout_frame.tsx";
import { PayForm } from "./pay_form.tsx";
import { AlreadyPaid, BankPage, SessionExpired } from "./checkout_states.tsx";
import { knownEmail } from "./checkout_form.ts";
import type { OrderCopy } from "./checkout_copy.ts";
import type { FormState } from "../form_state.ts";

/** Somebody at a Checkout link. */
export interface Checkout {
  context: Context;
  stored: StoredSession;
  /** Path of this session's pages. */
  base: string;
  locale: string;
  order: OrderCopy;
  /** Lets what has happened be delivered, for so many milliseconds at most. */
  deliverDue(withinMs: number): Promise<void>;
}

/** The card that waits for its bank; `null` where none does. */
export async function pendingCard(
  { store }: Context,
  { method }: Pending,
): Promise<Card | null> {
  const stored = await store.get(PAYMENT_METHOD, method);
  return stored && { object: stored.object, extra: stored.extra, saved: true };
}

/** Where a success leads; only the literal braces are a place for the session's id. */
export function successUrl({ object }: StoredSession): string {
  return (object.success_url ?? "").replaceAll(
    "{CHECKOUT_SESSION_ID}",
    object.id,
  );
}

/** The form, with what is wrong with it. */
export function showForm(checkout: Checkout, state: FormState): Response {
  const { base, order, stored } = checkout;
  const { object } = stored;
  const wrong = Object.keys(state.errors).length > 0;
  return render(
    checkout,
    order.title,
    <PayForm
      action={base}
      state={state}
      email={knownEmail(stored)}
      card={object.payment_method_types.includes("card")}
      bank={object.payment_method_types.includes("us_bank_account")}
      asksForMethod={asksForMethod(stored)}
      subscribes={object.mode === "subscription"}
      submit={order.submit}
      words={object.custom_text.submit?.message ?? null}
    />,
    wrong ? 422 : 200,
  );
}

/** The bank's page, for a card that waits for it. */
export async function showBank(checkout: Checkout): Promise<Response> {
  const { base, context, order, stored } = checkout;
  const card = stored.extra.pending &&
    await pendingCard(context, stored.extra.pending);
  if (!card) return seeOther(base);
  return render(
    checkout,
    "Your bank asks",
    <BankPage
      action={`${base}/verify`}
      card={`Visa •••• ${card.object.card.last4}`}
      amount={order.dueToday}
      backUrl={base}
    />,
  );
}

/** What is left of a session that is over. */
export function showClosed(checkout: Checkout, posted: boolean): Response {
  const { base, stored } = checkout;
  const { after_expiration: after, cancel_url: backUrl, status } =
    stored.object;
  if (status === "complete") {
    // The second press of a button leads where the first one did.
    if (posted) return seeOther(successUrl(stored));
    return render(
      checkout,
      "Already paid",
      <AlreadyPaid
        pending={stored.extra.debit !== null}
        failed={stored.object.payment_status === "unpaid"}
        onward={successUrl(stored)}
        copy={stored.object.custom_text.after_submit?.message ?? null}
      />,
    );
  }
  const recovers = after?.recovery?.enabled ?? false;
  return render(
    checkout,
    "Checkout has closed",
    <SessionExpired
      recover={recovers ? `${base}/recover` : null}
      backUrl={backUrl}
    />,
    410,
  );
}

function render(
  { context, order, stored }: Checkout,
  title: string,
  content: VNode,
  status = 200,
): Response {
  const { cancel_url: back, status: state, success_url: success } =
    stored.object;
  return htmlPage(
    <CheckoutFrame
      title={title}
      stylePath={`${pagesPath(context)}/p/style.css`}
      backUrl={state === "open" ? back : null}
      order={state === "expired" ? null : order}
    >
      {content}
    </CheckoutFrame>,
    {
      status,
      formTargets: success === null ? [] : [new URL(success).origin],
    },
  );
}
