import type { VNode } from "preact";
import { readBody } from "../body.ts";
import type { Context } from "../context.ts";
import { sha256 } from "../ids.ts";
import { INVOICE } from "../kinds.ts";
import { BUSINESS_NAME } from "../resources/account.ts";
import { presentInvoice } from "../resources/invoices.ts";
import { openSession } from "../resources/portal_sessions.ts";
import { htmlPage, isSameOrigin, seeOther, styleSheet } from "./html.ts";
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
const PORTAL = /^\/p\/session\/(test_\w{1,100})(\/.*)?$/;
const INVOICE_PAGE = /^\/i\/(test_\w{1,100})$/;

/** Whether a path is one of the hosted pages. */
export function isPage(path: string): boolean {
  return path.startsWith("/p/") || path.startsWith("/i/");
}

/** Answers a hosted page: the portal, an invoice, their style sheet. */
export async function answerPage(
  context: Context,
  request: Request,
): Promise<Response> {
  const answer = await route(context, request);
  return request.method === "HEAD" ? new Response(null, answer) : answer;
}

async function route(context: Context, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const refusal = await refuse(context, request, pathname);
  if (refusal !== null) return refusal;
  if (pathname === "/p/style.css") return styleSheet(STYLE);
  const [, invoice] = INVOICE_PAGE.exec(pathname) ?? [];
  if (invoice !== undefined) {
    return await showInvoice(context, request, invoice);
  }
  const [, secret, rest = ""] = PORTAL.exec(pathname) ?? [];
  if (secret === undefined) {
    return message(context, "Not found", <NotFound />, { status: 404 });
  }
  return await answerPortal(context, request, { secret, rest });
}

async function refuse(
  context: Context,
  request: Request,
  path: string,
): Promise<Response | null> {
  const allowed = PORTAL.test(path) ? ["GET", "HEAD", "POST"] : ["GET", "HEAD"];
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

async function answerPortal(
  context: Context,
  request: Request,
  { secret, rest }: { secret: string; rest: string },
): Promise<Response> {
  const form = request.method === "POST"
    ? await readBody(request, MAX_FORM)
    : "";
  if (form === null) {
    return new Response("Form is too large\n", { status: 413 });
  }
  const opened = await openVisit(context, request, secret);
  if (opened.is === "unknown") {
    return message(context, "Not found", <NotFound />, { status: 404 });
  }
  if (opened.is === "live") {
    return await answerVisit(opened.visit, request, {
      rest,
      form: new URLSearchParams(form),
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
  { action, form }: { action: string; form: string },
): Promise<Response> {
  const { row, customer: owner } = opened;
  if (!canRecover(context, row)) return expired(context, opened, { action });
  const email = (new URLSearchParams(form).get("email") ?? "").trim();
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

async function showInvoice(
  context: Context,
  request: Request,
  secret: string,
): Promise<Response> {
  const pointer = await context.store.read<string>([
    "invoice_secret",
    await sha256(secret),
  ]);
  const row = pointer.value === null
    ? null
    : await context.store.get(INVOICE, pointer.value);
  if (row === null || row.deleted) {
    return message(context, "Not found", <NotFound />, { status: 404 });
  }
  const locale = chooseLocale(null, request.headers.get("accept-language"));
  const invoice = presentInvoice(context, row);
  return message(
    context,
    `Invoice ${invoice.number}`,
    <InvoicePage invoice={invoice} locale={locale} />,
    { headline: `An invoice from ${BUSINESS_NAME}.` },
  );
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
