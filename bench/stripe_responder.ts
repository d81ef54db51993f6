/** Responds in place of Stripe at once, so that only the app is measured. */
const session = JSON.stringify({
  id: "bps_bench",
  object: "billing_portal.session",
  url: "https://billing.stripe.com/p/session/test_bench",
});
const prices = JSON.stringify({ object: "list", data: [], has_more: false });

/** A list of one subscription, with the properties that a sync reads. */
function subscriptions(customer: string): string {
  const price = {
    id: "price_bench",
    currency: "usd",
    lookup_key: "pro_month",
    product: "prod_bench",
    recurring: { interval: "month", interval_count: 1 },
    unit_amount: 2_900,
  };
  const item = { id: "si_bench", price, current_period_end: 1_900_000_000 };
  const subscription = {
    id: "sub_bench",
    cancel_at: null,
    cancel_at_period_end: false,
    created: 1_790_000_000,
    customer,
    default_payment_method: null,
    ended_at: null,
    items: { object: "list", data: [item] },
    latest_invoice: "in_bench",
    schedule: null,
    status: "active",
    trial_end: null,
  };
  return JSON.stringify({
    object: "list",
    data: [subscription],
    has_more: false,
  });
}

let calls = 0;

Deno.serve({ port: Number(Deno.env.get("PORT")) }, ({ url }) => {
  const { pathname, searchParams } = new URL(url);
  if (pathname === "/calls") return new Response(String(calls));
  return new Response(responseFor(pathname, searchParams), {
    headers: { "Content-Type": "application/json", "Request-Id": "req_bench" },
  });
});

function responseFor(pathname: string, query: URLSearchParams): string {
  if (pathname === "/v1/prices") return prices;
  if (pathname !== "/v1/subscriptions") return session;
  calls += 1;
  return subscriptions(query.get("customer") ?? "");
}
