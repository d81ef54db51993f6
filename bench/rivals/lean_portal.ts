/**
 * A minimal portal endpoint for Deno: a token cache, one KV read and one call
 * through Stripe's SDK. It has one route and one kind of token, and handles no
 * errors.
 */
import Stripe from "stripe";
import { createTokenCache } from "./token_cache.ts";

const kv = await Deno.openKv(Deno.env.get("KV_PATH"));
const base = new URL(Deno.env.get("STRIPE_API_BASE") ?? "");
const stripe = new Stripe(Deno.env.get("STRIPE_SECRET_KEY") ?? "", {
  protocol: "http",
  host: base.hostname,
  port: base.port,
  telemetry: false,
});

const organizationOf = await createTokenCache(
  Deno.env.get("AUTH_JWT_KEY") ?? "",
);

Deno.serve({ port: Number(Deno.env.get("PORT")) }, async (request) => {
  if (request.method !== "POST") return new Response("ok");
  const header = request.headers.get("Authorization") ?? "";
  const orgId = await organizationOf(header.slice("Bearer ".length));
  const { value } = await kv.get<{ stripeCustomerId: string }>([
    "customer",
    orgId,
  ]);
  const session = await stripe.billingPortal.sessions.create({
    customer: value?.stripeCustomerId ?? "",
    return_url: "https://app.example.com/account",
  });
  return Response.json({ url: session.url });
});
