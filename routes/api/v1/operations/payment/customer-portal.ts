import type { Context } from "fresh";
import { actorOf } from "@/lib/auth/principal.ts";
import { checkPortal, openPortal } from "@/lib/billing/portal.ts";
import { apiRoute, endpoint } from "@/lib/http/api_route.ts";
import { publicApiRoute } from "@/lib/http/public_route.ts";
import { portalIntentSchema } from "@/lib/http/schemas/requests.ts";
import { stripeLanguage } from "@/lib/pages/locale.ts";
import type { State } from "@/lib/state.ts";

const portal = apiRoute({
  GET: endpoint({
    permission: "billing:manage",
    writes: true,
    query: portalIntentSchema,
    async handle({ services, principal, orgId, input, billing, ctx }) {
      const { return_to: returnTo = "organization", ...requested } = input;
      const intent = { locale: stripeLanguage(ctx.req.headers), ...requested };
      const actor = actorOf(principal);
      const request = { orgId, intent, returnTo, actor, billing };
      const url = await openPortal(services, request);
      const headers = { "Location": url, "Referrer-Policy": "no-referrer" };
      return new Response(null, { status: 302, headers });
    },
  }),
  HEAD: endpoint({
    permission: "billing:manage",
    writes: true,
    query: portalIntentSchema,
    async handle({ services, orgId, input: intent, billing }) {
      await checkPortal(services, { orgId, intent, billing });
      return new Response(null);
    },
  }),
});

/** Creates no session, as the person may never open the link. */
const prefetch = publicApiRoute({
  GET: () => new Response(null, { status: 204 }),
}, { rateLimit: "address" });

export const handler = (ctx: Context<State>) =>
  isPrefetch(ctx.req) ? prefetch(ctx) : portal(ctx);

function isPrefetch({ method, headers }: Request): boolean {
  return method === "GET" &&
    (headers.get("Sec-Purpose")?.startsWith("prefetch") ?? false);
}
