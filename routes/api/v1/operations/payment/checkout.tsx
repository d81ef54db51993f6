import type { Context } from "fresh";
import { ContinueToPayment } from "@/components/billing/ContinueToPayment.tsx";
import {
  allowsFormRedirect,
  scriptlessPolicy,
  securityHeaders,
} from "@/lib/app.ts";
import { openCheckout } from "@/lib/billing/checkout.ts";
import { requireCaller } from "@/lib/http/authenticate_request.ts";
import { apiRoute } from "@/lib/http/api_route.ts";
import { requireBillingRole } from "@/lib/auth/permissions.ts";
import { isForm, readForm, readJson } from "@/lib/http/request.ts";
import {
  checkoutSchema,
  fieldsOf,
  parse,
} from "@/lib/http/schemas/requests.ts";
import type { State } from "@/lib/state.ts";

export const handler = apiRoute({
  async POST(ctx) {
    const { req, state: { services } } = ctx;
    const principal = await requireCaller(ctx);
    const orgId = requireBillingRole(services, principal);
    const form = isForm(req);
    const sent = form ? fieldsOf(await readForm(req)) : await readJson(req);
    const choice = parse(checkoutSchema, sent);
    const url = await openCheckout(services, { orgId, choice });
    if (!form) return Response.json({ url });
    if (!allowsFormRedirect(services, url)) return await showLink(ctx, url);
    const headers = { "Location": url, "Referrer-Policy": "no-referrer" };
    return new Response(null, { status: 303, headers });
  },
});

/**
 * On a custom Checkout domain: `form-action` covers the redirects of a form,
 * so the browser would block one, but it opens a link.
 */
function showLink(ctx: Context<State>, url: string): Promise<Response> {
  const { services } = ctx.state;
  const headers = {
    ...securityHeaders(services),
    ...(ctx.config.mode === "production" && {
      "Content-Security-Policy": scriptlessPolicy(services),
    }),
    // The address is a secret.
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
  };
  return ctx.render(<ContinueToPayment services={services} url={url} />, {
    headers,
  });
}
