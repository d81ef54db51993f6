import { readBody } from "../api/request_body.ts";
import type { Context } from "../context.ts";
import { openSession } from "../resources/portal_sessions.ts";
import { handleCheckoutPage, openCheckout } from "./checkout/checkout.tsx";
import { CHECKOUT_STYLE } from "./checkout/checkout_style.ts";
import { isSameOrigin, seeOther, styleSheet } from "./html.ts";
import { handleInvoicePage } from "./invoice/invoice_pages.tsx";
import { message, nothingThere } from "./message_page.tsx";
import { Expired, Refused } from "./page_messages.tsx";
import { handlePortalPage } from "./portal/portal.tsx";
import { PLAN_STYLE } from "./portal/portal_style.ts";
import { STYLE } from "./page_style.ts";
import {
  canRecover,
  noteSession,
  type Opened,
  openPortalSession,
  pagesPath,
} from "./portal/portal_session.ts";

const MAX_FORM = 16_384;
const CHECKOUT = /^\/c\/pay\/(test_\w{1,100})(\/.*)?$/;
const PORTAL = /^\/p\/session\/(test_\w{1,100})(\/.*)?$/;
const INVOICE_PAGE = /^\/i\/(test_\w{1,100})(\/pdf|\/verify)?$/;
const PDF = /^\/i\/\w+\/pdf$/;

/** Whether a path is one of the hosted pages. */
export function isPage(path: string): boolean {
  return /^\/[cip]\//.test(path);
}

/**
 * Answers a hosted page: Checkout, the portal, an invoice, their style sheet.
 *
 * @param deliverDue Lets what has happened be delivered, for so many milliseconds at most.
 */
export async function handlePage(
  context: Context,
  request: Request,
  deliverDue: (withinMs: number) => Promise<void>,
): Promise<Response> {
  const answer = await route(context, request, deliverDue);
  return request.method === "HEAD" ? new Response(null, answer) : answer;
}

async function route(
  context: Context,
  request: Request,
  deliverDue: (withinMs: number) => Promise<void>,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  const refusal = await refuse(context, request, pathname);
  if (refusal !== null) return refusal;
  if (pathname === "/p/style.css") {
    return styleSheet(STYLE + CHECKOUT_STYLE + PLAN_STYLE);
  }
  const [, invoice, part = ""] = INVOICE_PAGE.exec(pathname) ?? [];
  if (invoice !== undefined) {
    return await handleInvoice(context, request, {
      secret: invoice,
      rest: part,
    });
  }
  const [, checkout, behind = ""] = CHECKOUT.exec(pathname) ?? [];
  if (checkout !== undefined) {
    const at = { secret: checkout, rest: behind, deliverDue };
    return await handleCheckout(context, request, at);
  }
  const [, secret, rest = ""] = PORTAL.exec(pathname) ?? [];
  if (secret === undefined) return nothingThere(context);
  return await handlePortal(context, request, { secret, rest });
}

async function refuse(
  context: Context,
  request: Request,
  path: string,
): Promise<Response | null> {
  const takesForms = [PORTAL, CHECKOUT, INVOICE_PAGE].some((page) =>
    page.test(path)
  );
  const allowed = takesForms && !PDF.test(path)
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

async function handleCheckout(
  context: Context,
  request: Request,
  at: {
    secret: string;
    rest: string;
    deliverDue: (withinMs: number) => Promise<void>;
  },
): Promise<Response> {
  const form = await readForm(request);
  if (form === null) return tooLarge();
  const checkout = await openCheckout(context, request, at);
  const answer = checkout &&
    await handleCheckoutPage(checkout, request, { rest: at.rest, form });
  return answer ?? nothingThere(context);
}

async function handleInvoice(
  context: Context,
  request: Request,
  at: { secret: string; rest: string },
): Promise<Response> {
  const form = await readForm(request);
  return form === null
    ? tooLarge()
    : await handleInvoicePage(context, request, { ...at, form });
}

async function readForm(request: Request): Promise<URLSearchParams | null> {
  if (request.method !== "POST") return new URLSearchParams();
  const body = await readBody(request, MAX_FORM);
  return body === null ? null : new URLSearchParams(body);
}

function tooLarge(): Response {
  return new Response("Form is too large\n", { status: 413 });
}

async function handlePortal(
  context: Context,
  request: Request,
  { secret, rest }: { secret: string; rest: string },
): Promise<Response> {
  const form = await readForm(request);
  if (form === null) return tooLarge();
  const opened = await openPortalSession(context, request, secret);
  if (opened.is === "unknown") return nothingThere(context);
  if (opened.is === "live") {
    return await handlePortalPage(opened.portal, request, {
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
  { stored }: ExpiredLink,
  shown: { action: string; email?: string; error?: string },
): Response {
  const { return_url: returnUrl } = stored.object;
  const action = canRecover(context, stored) ? shown.action : null;
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
  const { stored, customer: owner } = opened;
  if (!canRecover(context, stored)) return expired(context, opened, { action });
  const email = (form.get("email") ?? "").trim();
  if (
    owner.email !== null && email.toLowerCase() === owner.email.toLowerCase()
  ) {
    const { after_expiration, configuration, customer, locale, return_url } =
      stored.object;
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
    stored,
    ({ guesses }) => ({ guesses: guesses + 1 }),
  );
  const error = canRecover(context, noted)
    ? "That is not the email address on file."
    : "That was tried too often. Open billing again where you came from.";
  return expired(context, { ...opened, stored: noted }, {
    action,
    email,
    error,
  });
}
