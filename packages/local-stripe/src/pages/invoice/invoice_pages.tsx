import type { ApiInvoice } from "../../api/api_types.ts";
import { withLinks } from "../../billing/invoice_presentation.ts";
import { type Context, pagesPath } from "../../context.ts";
import { chooseLocale, formatMoney } from "../../money.ts";
import { CUSTOMER, INVOICE } from "../../store/schema.ts";
import type { ActionResult } from "../action_result.ts";
import { AUTHENTICATION_FAILED, BankPage } from "../bank_page.tsx";
import { checkCard, fieldErrors, newMethod, readCard } from "../card_entry.ts";
import { cardLabel } from "../card_label.ts";
import { EMPTY_FORM, type FormState, formStatus } from "../forms.tsx";
import { notFoundPage, page } from "../page.tsx";
import { PAGE_HEADERS, seeOther } from "../responses.ts";
import { findLinkedId } from "../secret_link.ts";
import {
  findPendingCard,
  findSavedCard,
  isProcessing,
  payAuthenticated,
  payWithNewCard,
  payWithSavedCard,
} from "./invoice_card_payment.ts";
import { InvoicePayForm } from "./invoice_pay_form.tsx";
import { InvoiceView } from "./invoice_view.tsx";

/** An opened invoice link. */
interface InvoiceVisit {
  context: Context;
  invoice: ApiInvoice;
  /** Path of the invoice's pages. */
  base: string;
  locale: string;
}

/** Handles an invoice's page, PDF and forms; `rest` is the path below the invoice's own. */
export async function handleInvoicePage(
  context: Context,
  request: Request,
  link: { secret: string; rest: string; form: URLSearchParams },
): Promise<Response> {
  const { form, rest, secret } = link;
  const invoice = await findInvoice(context, secret);
  if (invoice === null) return notFoundPage(context);
  if (rest === "/pdf") return await sendPdf(invoice);
  const base = `${pagesPath(context)}/i/${secret}`;
  const locale = chooseLocale(null, request.headers.get("accept-language"));
  const visit = { context, invoice, base, locale };
  const posts = request.method === "POST";
  if (rest === "/verify") {
    return posts ? await verify(visit, form) : await showBank(visit);
  }
  return posts ? await pay(visit, form) : await showInvoice(visit, EMPTY_FORM);
}

async function findInvoice(
  context: Context,
  secret: string,
): Promise<ApiInvoice | null> {
  const id = await findLinkedId(context, "invoice_secret", secret);
  const stored = id === null ? null : await context.store.get(INVOICE, id);
  return stored === null || stored.deleted ? null : withLinks(context, stored);
}

async function showInvoice(
  visit: InvoiceVisit,
  state: FormState,
): Promise<Response> {
  const { context, invoice, locale } = visit;
  const processing = await isProcessing(context, invoice);
  return page(
    context,
    `Invoice ${invoice.number}`,
    <InvoiceView
      invoice={invoice}
      locale={locale}
      status={processing ? "processing" : invoice.status}
    >
      {processing ? <Processing /> : await payForm(visit, state)}
    </InvoiceView>,
    {
      headline: `An invoice from ${context.businessName}.`,
      status: formStatus(state),
    },
  );
}

function Processing() {
  return (
    <p class="notice" role="status">
      Your bank debit is processing. It usually takes a few days.
    </p>
  );
}

async function payForm(visit: InvoiceVisit, state: FormState) {
  const { base, context, invoice } = visit;
  if (invoice.status !== "open") return null;
  const customer = await context.store.get(CUSTOMER, invoice.customer);
  if (customer === null || customer.deleted) return null;
  const saved = await findSavedCard(context, invoice);
  const form = { action: base, saved, state };
  return <InvoicePayForm {...visit} {...form} />;
}

async function pay(
  visit: InvoiceVisit,
  form: URLSearchParams,
): Promise<Response> {
  const { context, invoice } = visit;
  if (form.get("with") === "saved") {
    return await respond(visit, {}, () => payWithSavedCard(context, invoice));
  }
  const card = readCard(form);
  const values = { expiry: card.expiry };
  const errors = checkCard(card);
  if (invoice.status === "open" && Object.keys(errors).length > 0) {
    return await showInvoice(visit, { values, errors });
  }
  return await respond(visit, values, async () => {
    const method = await newMethod(context, card);
    return await payWithNewCard(context, invoice, method);
  });
}

/** Redirects to the invoice or the bank's page, or shows the form with the error. */
async function respond(
  visit: InvoiceVisit,
  values: FormState["values"],
  action: () => Promise<ActionResult>,
): Promise<Response> {
  if (visit.invoice.status !== "open") return seeOther(visit.base);
  try {
    const result = await action();
    if (result.is === "done") return seeOther(visit.base);
    if (result.is === "authenticate") return seeOther(`${visit.base}/verify`);
    const errors = { form: result.message };
    return await showInvoice(visit, { values, errors });
  } catch (error) {
    return await showInvoice(visit, { values, errors: fieldErrors(error) });
  }
}

async function verify(
  visit: InvoiceVisit,
  form: URLSearchParams,
): Promise<Response> {
  const { context, invoice } = visit;
  if (form.get("outcome") === "complete") {
    return await respond(visit, {}, () => payAuthenticated(context, invoice));
  }
  const refused = { is: "refused", message: AUTHENTICATION_FAILED } as const;
  return await respond(visit, {}, () => Promise.resolve(refused));
}

async function showBank(visit: InvoiceVisit): Promise<Response> {
  const { base, context, invoice, locale } = visit;
  const card = invoice.status === "open"
    ? await findPendingCard(context, invoice)
    : null;
  if (card === null) return seeOther(base);
  return page(
    context,
    "Verify your payment",
    <BankPage
      action={`${base}/verify`}
      card={cardLabel(card)}
      amount={formatMoney(invoice.amount_remaining, invoice.currency, locale)}
      backUrl={base}
    />,
  );
}

async function sendPdf(invoice: ApiInvoice): Promise<Response> {
  // Loaded on first use: the PDF library is large.
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
