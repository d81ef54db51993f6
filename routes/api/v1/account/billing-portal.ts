import { openPortal } from "@/lib/billing/portal.ts";
import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import { portalIntentSchema } from "@/lib/http/schemas/requests.ts";

export const handler = apiRoute({
  POST: endpoint({
    permission: "billing:manage",
    body: portalIntentSchema,
    async handle({ services, orgId, input, billing }) {
      const { return_to: returnTo = "account", ...intent } = input;
      const request = { orgId, intent, returnTo, billing };
      return Response.json({ url: await openPortal(services, request) });
    },
  }),
});
