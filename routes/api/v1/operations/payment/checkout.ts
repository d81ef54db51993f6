import { openCheckout } from "@/lib/checkout.ts";
import { callerOf } from "@/lib/caller.ts";
import { endpoint } from "@/lib/endpoint.ts";
import { requireBillingRole } from "@/lib/permissions.ts";
import { isForm, readForm, readJson } from "@/lib/request_body.ts";
import { checkoutSchema, fieldsOf, parse } from "@/lib/schemas.ts";

export const handler = endpoint({
  async POST(ctx) {
    const { req, state: { services } } = ctx;
    const principal = await callerOf(ctx);
    const orgId = requireBillingRole(services, principal);
    const form = isForm(req);
    const sent = form ? fieldsOf(await readForm(req)) : await readJson(req);
    const choice = parse(checkoutSchema, sent);
    const url = await openCheckout(services, { orgId, choice });
    if (!form) return Response.json({ url });
    const headers = { "Location": url, "Referrer-Policy": "no-referrer" };
    return new Response(null, { status: 303, headers });
  },
});
