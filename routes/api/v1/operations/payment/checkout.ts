import { openCheckout } from "@/lib/checkout.ts";
import { endpoint } from "@/lib/endpoint.ts";
import { authenticate, requireBillingRole } from "@/lib/principal.ts";
import { isForm, readForm, readJson } from "@/lib/request_body.ts";
import { checkoutSchema, fieldsOf, parse } from "@/lib/schemas.ts";

export const handler = endpoint({
  async POST({ req, state: { services } }) {
    const principal = await authenticate(services, req);
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
