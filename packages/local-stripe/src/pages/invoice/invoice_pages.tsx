import { BUSINESS_NAME, type Context } from "../../context.ts";
import { sha256 } from "../../store/ids.ts";
import { CUSTOMER, INVOICE } from "../../store/schema.ts";
import type { ApiInvoice } from "../../api/api_types.ts";
import {
  cardMethodOf,
  checkTypedCard,
  readTypedCard,
  refusalOf,
} from "../card_entry.ts";
import { BankPage } from "../checkout/checkout_states.tsx";
import { PAGE_HEADERS, seeOther } from "../html.ts";
import { InvoicePage } from "./invoice.tsx";
import { cardWords, InvoicePayment } from "./invoice_payment.tsx";
import {
  payConfirmed,
  payWithSaved,
  payWithTyped,
  savedCard,
  waitingCard,
} from "./invoice_card_payment.ts";
import { message, nothingThere } from "../message_page.tsx";
import { chooseLocale, formatMoney } from "../../money.ts";
import type { Result } from "../portal/plan_actions.ts";
import { pagesPath } from "../portal/portal_session.ts";
import { withLinks } from "../../billing/invoice_presentation.ts";
import { EMPTY_FORM, type FormState } from "../form_state.ts";

const NOT_CONFIRMED =
  "Your bank did not confirm that it is you. Try again, or use another card.";

/** Somebody at an invoice's link. */
interface Look {
  context: Context;
  invoice: ApiInvoice;
  /** Path of the invoice's pages. */
  base: string;
  locale: string;
}

/** Answers an invoice's page, its PDF, its forms; `rest` is the path behind the invoice's own. */
export async function handleInvoicePage(
  context: Context,
  request: Request,
  of: { secret: string; rest: string; form: URLSearchParams },
): Promise<Response> {
  const { form, rest, secret } = of;
  const invoice = await findInvoice(context, secret);
  if (invoice === null) return nothingThere(context);
  if (rest === "/pdf") return await sendPdf(invoice);
  const base = `${pagesPath(context)}/i/${secret}`;
  const locale = chooseLocale(null, request.headers.get("accept-language"));
  const look = { context, invoice, base, locale };
  const posts = request.method === "POST";
  if (rest === "/verify") {
    return posts ? await verify(look, form) : await showBank(look);
  }
  return posts ? await pay(look, form) : await showInvoice(look, EMPTY_FORM);
}

/** The invoice of a link; `null` for a link that leads nowhere. */
async function findInvoice(
  context: Context,
  secret: string,
): Promise<ApiInvoice | null> {
  const pointer = await context.store.read<string>([
    "invoice_secret",
    await sha256(secret),
  ]);
  const stored = pointer.value === null
    ? null
    : await context.store.get(INVOICE, pointer.value);
  return stored === null || stored.deleted ? null : withLinks(context, stored);
}

async function showInvoice(look: Look, state: FormState): Promise<Response> {
  const { context, invoice, locale } = look;
  const wrong = Object.keys(state.errors).length > 0;
  return message(
    context,
    `Invoice ${invoice.number}`,
    <InvoicePage invoice={invoice} locale={locale}>
      {await paymentOf(look, state)}
    </InvoicePage>,
    {
      headline: `An invoice from ${BUSINESS_NAME}.`,
      status: wrong ? 422 : 200,
    },
  );
}

// Nobody is left to pay what a deleted customer owed.
async function paymentOf(look: Look, state: FormState) {
  const { base, context, invoice } = look;
  if (invoice.status !== "open") return null;
  const owner = await context.store.get(CUSTOMER, invoice.customer);
  if (owner === null || owner.deleted) return null;
  const saved = await savedCard(context, invoice);
  return <InvoicePayment {...look} action={base} saved={saved} state={state} />;
}

async function pay(look: Look, form: URLSearchParams): Promise<Response> {
  const { context, invoice } = look;
  if (form.get("with") === "saved") {
    return await tried(look, {}, () => payWithSaved(context, invoice));
  }
  const typed = readTypedCard(form);
  const values = { expiry: typed.expiry };
  const errors = checkTypedCard(typed);
  if (invoice.status === "open" && Object.keys(errors).length > 0) {
    return await showInvoice(look, { values, errors });
  }
  return await tried(look, values, async () => {
    const card = await cardMethodOf(context, typed);
    return await payWithTyped(context, invoice, card);
  });
}

/** On to where an attempt leads: the invoice, the bank's page, or the forms with what is wrong. */
async function tried(
  look: Look,
  values: FormState["values"],
  work: () => Promise<Result>,
): Promise<Response> {
  if (look.invoice.status !== "open") return seeOther(look.base);
  try {
    const result = await work();
    if (result.is === "done") return seeOther(look.base);
    if (result.is === "asks") return seeOther(`${look.base}/verify`);
    return await showInvoice(look, {
      values,
      errors: { form: result.message },
    });
  } catch (error) {
    return await showInvoice(look, { values, errors: refusalOf(error) });
  }
}

async function verify(look: Look, form: URLSearchParams): Promise<Response> {
  const { context, invoice } = look;
  if (form.get("outcome") === "complete") {
    return await tried(look, {}, () => payConfirmed(context, invoice));
  }
  const result: Result = { is: "refused", message: NOT_CONFIRMED };
  return await tried(look, {}, () => Promise.resolve(result));
}

async function showBank(look: Look): Promise<Response> {
  const { base, context, invoice, locale } = look;
  const card = invoice.status === "open"
    ? await waitingCard(context, invoice)
    : null;
  if (card === null) return seeOther(base);
  return message(
    context,
    "Your bank asks",
    <BankPage
      action={`${base}/verify`}
      card={cardWords(card)}
      amount={formatMoney(invoice.amount_remaining, invoice.currency, locale)}
      backUrl={base}
    />,
  );
}

/** The library that writes PDFs is large, so that it is loaded by the first who wants one. */
async function sendPdf(invoice: ApiInvoice): Promise<Response> {
  const { renderInvoicePdf } = await import("../pdf/invoice_pdf.ts");
  const name = `Invoice-${invoice.number ?? invoice.id}.pdf`;
  return new Response(await renderInvoicePdf(invoice), {
    headers: {
      ...PAGE_HEADERS,
      "Content-Type": "application/pdf",
      "Content-Disposition": `attachment; filename="${name}"`,
    },
  });
}
