/** A Stripe that answers at once, so that only the app's own work is timed. */
const session = JSON.stringify({
  id: "bps_bench",
  object: "billing_portal.session",
  url: "https://billing.stripe.com/p/session/test_bench",
});
const prices = JSON.stringify({ object: "list", data: [], has_more: false });

Deno.serve(
  { port: Number(Deno.env.get("PORT")) },
  ({ url }) =>
    new Response(url.includes("/v1/prices") ? prices : session, {
      headers: {
        "Content-Type": "application/json",
        "Request-Id": "req_bench",
      },
    }),
);
