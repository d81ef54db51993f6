import { openPortal } from "@/lib/billing/portal.ts";
import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import { portalIntentSchema } from "@/lib/http/schemas/requests.ts";
import { stripeLanguage } from "@/lib/pages/locale.ts";

export const handler = apiRoute({
  POST: endpoint({
    permission: "billing:manage",
    body: portalIntentSchema,
    async handle({ services, orgId, input, billing, ctx }) {
      const intent = { locale: stripeLanguage(ctx.req.headers), ...input };
      const request = { orgId, intent, returnTo: "account", billing } as const;
      return Response.json({ url: await openPortal(services, request) });
    },
  }),
});
