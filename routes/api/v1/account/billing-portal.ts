import { callerOf } from "@/lib/caller.ts";
import { endpoint } from "@/lib/endpoint.ts";
import { openPortal } from "@/lib/portal.ts";
import { requireBillingRole } from "@/lib/permissions.ts";
import { readJson } from "@/lib/request_body.ts";
import { parse, portalIntentSchema } from "@/lib/schemas.ts";

export const handler = endpoint({
  async POST(ctx) {
    const { req, state } = ctx;
    const { services } = state;
    const principal = await callerOf(ctx);
    const orgId = requireBillingRole(services, principal);
    const intent = parse(portalIntentSchema, await readJson(req));
    const { billing } = state;
    const visit = { orgId, intent, returnTo: "account", billing } as const;
    return Response.json({ url: await openPortal(services, visit) });
  },
});
