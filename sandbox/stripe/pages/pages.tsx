import type { VNode } from "preact";
import { readBody } from "../body.ts";
import type { Context } from "../context.ts";
import { sha256 } from "../ids.ts";
import { INVOICE } from "../kinds.ts";
import { BUSINESS_NAME } from "../resources/account.ts";
import { presentInvoice } from "../resources/invoices.ts";
import { openSession } from "../resources/portal_sessions.ts";
import { answerCheckout, openCheckout } from "./checkout/checkout.tsx";
import { CHECKOUT_STYLE } from "./checkout/style.ts";
import { PLAN_STYLE } from "./portal/style.ts";
import {
  htmlPage,
  isSameOrigin,
  PAGE_HEADERS,
  seeOther,
  styleSheet,
} from "./html.ts";
import type { WireInvoice } from "../wire.ts";
import { InvoicePage } from "./invoice.tsx";
import { Layout } from "./layout.tsx";
import { Expired, NotFound, Refused } from "./messages.tsx";
import { chooseLocale } from "./money.ts";
import { answerVisit } from "./portal.tsx";
import { STYLE } from "./style.ts";
import {
  canRecover,
  noteSession,
  type Opened,
  openVisit,
  pagesPath,
} from "./visit.ts";

const MAX_FORM = 16_384;
const CHECKOUT = /^\/c\/pay\/(test_\w{1,100})(\/.*)?$/;
const PORTAL = /^\/p\/session\/(test_\w{1,100})(\/.*)?$/;
const INVOICE_PAGE = /^\/i\/(test_\w{1,100})(\/pdf)?$/;

/** Whether a path is one of the hosted pages. */
export function isPage(path: string): boolean {
  return /^\/[cip]\//.test(path);
}

/**
 * Answers a hosted page: Checkout, the portal, an invoice, their style sheet.
 *
 * @param settle Lets what has happened be delivered, for so many milliseconds at most.
 */
export async function answerPage(
  context: Context,
  request: Request,
  settle: (withinMs: number) => Promise<void>,
): Promise<Response> {
  const answer = await route(context, request, settle);
  return request.method === "HEAD" ? new Response(null, answer) : answer;
}

async function route(
  context: Context,
  request: Request,
  settle: (withinMs: number) => Promise<void>,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  const refusal = await refuse(context, request, pathname);
  if (refusal !== null) return refusal;
  if (pathname === "/p/style.css") {
    return styleSheet(STYLE + CHECKOUT_STYLE + PLAN_STYLE);
  }
  const [, invoice, pdf] = INVOICE_PAGE.exec(pathname) ?? [];
  if (invoice !== undefined) {
    const shown = await findInvoice(context, invoice);
    if (shown === null) return nothingThere(context);
    return pdf === undefined
      ? showInvoice(context, request, shown)
      : await sendPdf(shown);
  }
  const [, checkout, behind = ""] = CHECKOUT.exec(pathname) ?? [];
  if (checkout !== undefined) {
    const at = { secret: checkout, rest: behind, settle };
    return await answerShop(context, request, at);
  }
  const [, secret, rest = ""] = PORTAL.exec(pathname) ?? [];
  if (secret === undefined) return nothingThere(context);
  return await answerPortal(context, request, { secret, rest });
}

async function refuse(
  context: Context,
  request: Request,
  path: string,
): Promise<Response | null> {
  const allowed = PORTAL.test(path) || CHECKOUT.test(path)
    ? ["GET", "HEAD", "POST"]
    : ["GET", "HEAD"];
  if (!allowed.includes(request.method)) {
    await request.body?.cancel();
    return new Response("Method not allowed\n", {
      status: 405,
      headers: { Allow: allowed.join(", ") },
    });
  }
  if (request.method !== "POST") return null;
  if (!isSameOrigin(request, context.pagesUrl)) {
    await request.body?.cancel();
    return message(context, "Refused", <Refused />, { status: 403 });
  }
  return null;
}

async function answerShop(
  context: Context,
  request: Request,
  at: {
    secret: string;
    rest: string;
    settle: (withinMs: number) => Promise<void>;
  },
): Promise<Response> {
  const form = await readForm(request);
  if (form === null) return tooLarge();
  const checkout = await openCheckout(context, request, at);
  const answer = checkout &&
    await answerCheckout(checkout, request, { rest: at.rest, form });
  return answer ?? nothingThere(context);
}

async function readForm(request: Request): Promise<URLSearchParams | null> {
  if (request.method !== "POST") return new URLSearchParams();
  const body = await readBody(request, MAX_FORM);
  return body === null ? null : new URLSearchParams(body);
}

function tooLarge(): Response {
  return new Response("Form is too large\n", { status: 413 });
}

async function answerPortal(
  context: Context,
  request: Request,
  { secret, rest }: { secret: string; rest: string },
): Promise<Response> {
  const form = await readForm(request);
  if (form === null) return tooLarge();
  const opened = await openVisit(context, request, secret);
  if (opened.is === "unknown") return nothingThere(context);
  if (opened.is === "live") {
    return await answerVisit(opened.visit, request, {
      rest,
      form,
    });
  }
  const action = `${pagesPath(context)}/p/session/${secret}/recover`;
  return request.method === "POST" && rest === "/recover"
    ? await recover(context, opened, { action, form })
    : expired(context, opened, { action });
}

type ExpiredLink = Extract<Opened, { is: "expired" }>;

function expired(
  context: Context,
  { row }: ExpiredLink,
  shown: { action: string; email?: string; error?: string },
): Response {
  const { return_url: returnUrl } = row.object;
  const action = canRecover(context, row) ? shown.action : null;
  return message(
    context,
    "Link expired",
    <Expired {...shown} action={action} returnUrl={returnUrl} />,
    { status: 410, returnUrl },
  );
}

/** A visitor of an old link who knows the email on file gets a fresh session of the same sort. */
async function recover(
  context: Context,
  opened: ExpiredLink,
  { action, form }: { action: string; form: URLSearchParams },
): Promise<Response> {
  const { row, customer: owner } = opened;
  if (!canRecover(context, row)) return expired(context, opened, { action });
  const email = (form.get("email") ?? "").trim();
  if (
    owner.email !== null && email.toLowerCase() === owner.email.toLowerCase()
  ) {
    const { after_expiration, configuration, customer, locale, return_url } =
      row.object;
    const terms = {
      after_expiration,
      configuration,
      customer,
      flow: null,
      locale,
      return_url,
    };
    return seeOther((await openSession(context, terms)).url);
  }
  const noted = await noteSession(
    context,
    row,
    ({ guesses }) => ({ guesses: guesses + 1 }),
  );
  const error = canRecover(context, noted)
    ? "That is not the email address on file."
    : "That was tried too often. Open billing again where you came from.";
  return expired(context, { ...opened, row: noted }, { action, email, error });
}

async function findInvoice(
  context: Context,
  secret: string,
): Promise<WireInvoice | null> {
  const pointer = await context.store.read<string>([
    "invoice_secret",
    await sha256(secret),
  ]);
  const row = pointer.value === null
    ? null
    : await context.store.get(INVOICE, pointer.value);
  return row === null || row.deleted ? null : presentInvoice(context, row);
}

function showInvoice(
  context: Context,
  request: Request,
  invoice: WireInvoice,
): Response {
  const locale = chooseLocale(null, request.headers.get("accept-language"));
  return message(
    context,
    `Invoice ${invoice.number}`,
    <InvoicePage invoice={invoice} locale={locale} />,
    { headline: `An invoice from ${BUSINESS_NAME}.` },
  );
}

/** The library that writes PDFs is large, so that it is loaded by the first who wants one. */
async function sendPdf(invoice: WireInvoice): Promise<Response> {
  const { renderInvoicePdf } = await import("./pdf/invoice_pdf.ts");
  const name = `Invoice-${invoice.number ?? invoice.id}.pdf`;
  return new Response(await renderInvoicePdf(invoice), {
    headers: {
      ...PAGE_HEADERS,
      "Content-Type": "application/pdf",
      "Content-Disposition": `attachment; filename="${name}"`,
    },
  });
}

function nothingThere(context: Context): Response {
  return message(context, "Not found", <NotFound />, { status: 404 });
}

function message(
  context: Context,
  title: string,
  content: VNode,
  { status = 200, returnUrl = null, headline = null }: {
    status?: number;
    returnUrl?: string | null;
    headline?: string | null;
  } = {},
): Response {
  return htmlPage(
    <Layout
      title={title}
      stylePath={`${pagesPath(context)}/p/style.css`}
      returnUrl={returnUrl}
      headline={headline}
    >
      {content}
    </Layout>,
    { status },
  );
}
