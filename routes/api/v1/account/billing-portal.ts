import { openPortal } from "@/lib/billing/portal.ts";
import { actorOf } from "@/lib/auth/principal.ts";
import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import { portalIntentSchema } from "@/lib/http/schemas/requests.ts";
import { stripeLanguage } from "@/lib/pages/locale.ts";

export const handler = apiRoute({
  POST: endpoint({
    permission: "billing:manage",
    body: portalIntentSchema,
    async handle({ services, principal, orgId, input, billing, ctx }) {
      const { return_to: returnTo = "account", ...requested } = input;
      const intent = { locale: stripeLanguage(ctx.req.headers), ...requested };
      const actor = actorOf(principal);
      const request = { orgId, intent, returnTo, actor, billing };
      return Response.json({ url: await openPortal(services, request) });
    },
  }),
});
