import type { Context } from "fresh";
import { requireCaller } from "@/lib/http/authenticate_request.ts";
import { apiRoute } from "@/lib/http/api_route.ts";
import { checkPortal, openPortal } from "@/lib/billing/portal.ts";
import { requireBillingRole } from "@/lib/auth/permissions.ts";
import {
  parse,
  portalIntentSchema,
  queryOf,
} from "@/lib/http/schemas/requests.ts";
import type { State } from "@/lib/state.ts";

export const handler = apiRoute({
  async GET(ctx) {
    // A browser that only guesses where its person goes next makes nothing.
    if (isPrefetch(ctx.req)) return new Response(null, { status: 204 });
    const visit = await readVisit(ctx);
    const url = await openPortal(ctx.state.services, visit);
    const headers = { "Location": url, "Referrer-Policy": "no-referrer" };
    return new Response(null, { status: 302, headers });
  },
  async HEAD(ctx) {
    await checkPortal(ctx.state.services, await readVisit(ctx));
    return new Response(null);
  },
});

/** Opening a portal lets its holder change things, so it counts as a write. */
async function readVisit(ctx: Context<State>) {
  const { url, state } = ctx;
  const { services } = state;
  const principal = await requireCaller(ctx, { writes: true });
  const orgId = requireBillingRole(services, principal);
  const intent = parse(portalIntentSchema, queryOf(url));
  const { billing } = state;
  return { orgId, intent, returnTo: "organization", billing } as const;
}

function isPrefetch(request: Request): boolean {
  return request.headers.get("Sec-Purpose")?.startsWith("prefetch") ?? false;
}
