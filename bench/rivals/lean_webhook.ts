/**
 * A minimal durable webhook endpoint: checks the signature and commits one
 * write per event. It makes no calls to Stripe.
 */
import Stripe from "stripe";

const kv = await Deno.openKv(Deno.env.get("KV_PATH"));
const secret = Deno.env.get("STRIPE_WEBHOOK_SECRET") ?? "";
const { webhooks } = new Stripe("sk_test_bench");

Deno.serve({ port: Number(Deno.env.get("PORT")) }, async (request) => {
  if (request.method !== "POST") return new Response("ok");
  const event = await webhooks.constructEventAsync(
    await request.text(),
    request.headers.get("Stripe-Signature") ?? "",
    secret,
  );
  await kv.set(["event", event.id], { type: event.type });
  return Response.json({ received: true });
});
