/**
 * The plans page with Hono and `preact-render-to-string`: the same components
 * and the same work per request (a token cache, one KV read, cached prices),
 * without a page framework.
 */
import { Hono } from "hono";
import { getCookie } from "hono/cookie";
import { type FunctionComponent, h } from "preact";
import { renderToString } from "preact-render-to-string";
import { createServices } from "@/compose.ts";
import { loadConfig } from "@/lib/config/config.ts";
import { readLocale } from "@/lib/pages/locale.ts";
import Frame from "@/routes/_app.tsx";
import Organization from "@/routes/organization.tsx";
import { createTokenCache } from "./token_cache.ts";

const env = Deno.env.toObject();
const { services } = await createServices(loadConfig(env));
const organizationOf = await createTokenCache(env["AUTH_JWT_KEY"] ?? "");

// Fresh passes more props than the pages read, and the types require them.
const Page = Organization as unknown as FunctionComponent<object>;
const Document = Frame as unknown as FunctionComponent<
  { Component: FunctionComponent; req: Request; state: object }
>;

const app = new Hono();
app.get("/", (context) => context.text("ok"));
app.get("/organization", async (context) => {
  const orgId = await organizationOf(getCookie(context, "__session") ?? "");
  const [{ customer, subscription }, prices] = await Promise.all([
    services.store.readBilling(orgId, Date.now()),
    services.prices(),
  ]);
  const props = {
    data: {
      access: "member",
      visitor: {
        principal: { kind: "session", userId: "user_bench", role: "org:admin" },
        person: null,
        organization: { id: orgId, name: null },
        mayManageBilling: true,
      },
      billing: {
        hasCustomer: customer !== null,
        subscription,
        stale: false,
        changes: null,
        nowMs: Date.now(),
      },
      // A copy, so that Portico's markup cache doesn't apply.
      prices: new Map(prices),
      notice: null,
      chosen: null,
      locale: readLocale(context.req.raw.headers),
    },
    state: { services },
  };
  const { raw: req } = context.req;
  const page = () => h(Page, props);
  const html = renderToString(
    h(Document, { Component: page, req, state: { services } }),
  );
  return context.html(`<!DOCTYPE html>${html}`);
});

Deno.serve({ port: Number(env["PORT"]), onListen: () => {} }, app.fetch);
