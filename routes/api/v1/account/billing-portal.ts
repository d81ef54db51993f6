import { requireCaller } from "@/lib/http/authenticate_request.ts";
import { apiRoute } from "@/lib/http/api_route.ts";
import { openPortal } from "@/lib/billing/portal.ts";
import { requireBillingRole } from "@/lib/auth/permissions.ts";
import { readJson } from "@/lib/http/request.ts";
import { parse, portalIntentSchema } from "@/lib/http/schemas/requests.ts";

export const handler = apiRoute({
  async POST(ctx) {
    const { req, state } = ctx;
    const { services } = state;
    const principal = await requireCaller(ctx);
    const orgId = requireBillingRole(services, principal);
    const intent = parse(portalIntentSchema, await readJson(req));
    const { billing } = state;
    const visit = { orgId, intent, returnTo: "account", billing } as const;
    return Response.json({ url: await openPortal(services, visit) });
  },
});
