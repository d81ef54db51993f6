import { endpoint } from "@/lib/endpoint.ts";
import { openPortal } from "@/lib/portal.ts";
import { authenticate, requireBillingRole } from "@/lib/principal.ts";
import { readJson } from "@/lib/request_body.ts";
import { parse, portalIntentSchema } from "@/lib/schemas.ts";

export const handler = endpoint({
  async POST({ req, state: { services } }) {
    const principal = await authenticate(services, req);
    const orgId = requireBillingRole(services, principal);
    const intent = parse(portalIntentSchema, await readJson(req));
    const visit = { orgId, intent, returnTo: "account" } as const;
    return Response.json({ url: await openPortal(services, visit) });
  },
});
