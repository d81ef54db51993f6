import type { Context } from "fresh";
import { ContinueToPayment } from "@/components/billing/ContinueToPayment.tsx";
import {
  allowsFormRedirect,
  scriptlessPolicy,
  securityHeaders,
} from "@/lib/app.ts";
import { profileOf } from "@/lib/auth/profile.ts";
import { actorOf } from "@/lib/auth/principal.ts";
import { openCheckout } from "@/lib/billing/checkout.ts";
import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import { isForm } from "@/lib/http/request.ts";
import { checkoutSchema } from "@/lib/http/schemas/requests.ts";
import { readLocale, stripeLanguage } from "@/lib/pages/locale.ts";
import type { State } from "@/lib/state.ts";
import { fulfillCheckout } from "@/lib/wallet/purchases.ts";

export const handler = apiRoute({
  POST: endpoint({
    permission: "billing:manage",
    body: checkoutSchema,
    form: true,
    async handle({ services, principal, orgId, input: choice, ctx }) {
      const { orgName, email } = profileOf(services, principal);
      const url = await openCheckout(services, {
        orgId,
        choice,
        fulfill: fulfillCheckout,
        actor: actorOf(principal),
        language: stripeLanguage(ctx.req.headers),
        profile: { name: orgName, email },
      });
      if (!isForm(ctx.req)) return Response.json({ url });
      if (!allowsFormRedirect(services, url)) return await showLink(ctx, url);
      const headers = { "Location": url, "Referrer-Policy": "no-referrer" };
      return new Response(null, { status: 303, headers });
    },
  }),
});

/**
 * For a custom Checkout domain: `form-action` also restricts redirects after a
 * form, so the browser would block this one. Links are not restricted.
 */
function showLink(ctx: Context<State>, url: string): Promise<Response> {
  const { services } = ctx.state;
  const headers = {
    ...securityHeaders(services),
    ...(ctx.config.mode === "production" && {
      "Content-Security-Policy": scriptlessPolicy(services),
    }),
    // The URL is a secret.
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
  };
  const locale = readLocale(ctx.req.headers);
  return ctx.render(
    <ContinueToPayment services={services} url={url} locale={locale} />,
    { headers },
  );
}
