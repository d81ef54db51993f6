import { readBody } from "../api/request_body.ts";
import { type Context, pagesPath } from "../context.ts";
import { handleCheckoutPage, openCheckout } from "./checkout/checkout.tsx";
import { CHECKOUT_STYLE } from "./checkout/checkout_style.ts";
import { handleInvoicePage } from "./invoice/invoice_pages.tsx";
import { CrossOriginForm } from "./messages.tsx";
import { notFoundPage, page } from "./page.tsx";
import { brandStyle, STYLE } from "./page_style.ts";
import { handlePortalPage } from "./portal/portal.tsx";
import { handleExpiredLink } from "./portal/portal_recovery.tsx";
import { openPortalSession } from "./portal/portal_session.ts";
import { PLAN_STYLE } from "./portal/portal_style.ts";
import { handleReceipt } from "./receipt.tsx";
import { styleSheet } from "./responses.ts";

const MAX_FORM_BYTES = 16_384;
const CHECKOUT = /^\/c\/pay\/(test_\w{1,100})(\/.*)?$/;
const PORTAL = /^\/p\/session\/(test_\w{1,100})(\/.*)?$/;
const INVOICE = /^\/i\/(test_\w{1,100})(\/pdf|\/verify)?$/;
const RECEIPT = /^\/p\/receipt\/(ch_\w{1,100})$/;
const PDF = /^\/i\/\w+\/pdf$/;

type DeliverDue = (withinMs: number) => Promise<void>;

/**
 * Handles a request to the hosted pages: Checkout, the portal, invoices, receipts and their style
 * sheet.
 *
 * @param deliverDue Delivers pending webhook events, waiting at most `withinMs`.
 */
export async function handlePage(
  context: Context,
  request: Request,
  deliverDue: DeliverDue,
): Promise<Response> {
  const response = await reject(context, request) ??
    await route(context, request, deliverDue);
  return request.method === "HEAD" ? new Response(null, response) : response;
}

/** The answer to a wrong method or a form from another origin; `null` for other requests. */
async function reject(
  context: Context,
  request: Request,
): Promise<Response | null> {
  const { method } = request;
  const { pathname } = new URL(request.url);
  const takesForms = !PDF.test(pathname) &&
    [PORTAL, CHECKOUT, INVOICE].some((pattern) => pattern.test(pathname));
  const allowed = takesForms ? ["GET", "HEAD", "POST"] : ["GET", "HEAD"];
  if (!allowed.includes(method)) {
    await request.body?.cancel();
    const headers = { Allow: allowed.join(", ") };
    return new Response("Method not allowed\n", { status: 405, headers });
  }
  if (method === "POST" && !isSameOrigin(request, context.pagesUrl)) {
    await request.body?.cancel();
    return page(context, "Refused", <CrossOriginForm />, { status: 403 });
  }
  return null;
}

/** Requests without either header are not same-origin: every form here changes something. */
function isSameOrigin({ headers }: Request, pagesUrl: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  return headers.get("origin") === new URL(pagesUrl).origin;
}

async function route(
  context: Context,
  request: Request,
  deliverDue: DeliverDue,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/p/style.css") {
    return styleSheet(
      STYLE + CHECKOUT_STYLE + PLAN_STYLE + brandStyle(context.branding),
    );
  }
  const [, charge] = RECEIPT.exec(pathname) ?? [];
  if (charge) return await handleReceipt(context, request, charge);
  const form = await readForm(request);
  if (form === null) {
    return new Response("Form is too large\n", { status: 413 });
  }
  const match = (pattern: RegExp) => {
    const [, secret, rest = ""] = pattern.exec(pathname) ?? [];
    return secret === undefined ? null : { secret, rest, form };
  };
  const invoice = match(INVOICE);
  if (invoice) return await handleInvoicePage(context, request, invoice);
  const portal = match(PORTAL);
  if (portal) return await handlePortal(context, request, portal);
  const link = match(CHECKOUT);
  const checkout = link &&
    await openCheckout(context, request, { ...link, deliverDue });
  const response = checkout &&
    await handleCheckoutPage(checkout, request, link);
  return response ?? notFoundPage(context);
}

async function readForm(request: Request): Promise<URLSearchParams | null> {
  if (request.method !== "POST") return new URLSearchParams();
  const body = await readBody(request, MAX_FORM_BYTES);
  return body === null ? null : new URLSearchParams(body);
}

async function handlePortal(
  context: Context,
  request: Request,
  { secret, rest, form }: {
    secret: string;
    rest: string;
    form: URLSearchParams;
  },
): Promise<Response> {
  const link = await openPortalSession(context, request, secret);
  if (link.is === "unknown") return notFoundPage(context);
  if (link.is === "live") {
    return await handlePortalPage(link.portal, request, { rest, form });
  }
  const recovers = request.method === "POST" && rest === "/recover";
  return await handleExpiredLink(context, link, {
    action: `${pagesPath(context)}/p/session/${secret}/recover`,
    form: recovers ? form : null,
  });
}
