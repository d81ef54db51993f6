/** A minimal balance endpoint: a token cache and one KV read. */
import { createTokenCache } from "./token_cache.ts";

const kv = await Deno.openKv(Deno.env.get("KV_PATH"));
const organizationOf = await createTokenCache(
  Deno.env.get("AUTH_JWT_KEY") ?? "",
);

interface Wallet {
  granted: number;
  purchased: number;
}

interface Subscription {
  status: string | null;
  plan: string | null;
  interval: string | null;
  cancelAtMs: number | null;
  currentPeriodEndMs: number | null;
}

const PAID = ["active", "trialing", "past_due"];
const NONE: Subscription = {
  status: null,
  plan: null,
  interval: null,
  cancelAtMs: null,
  currentPeriodEndMs: null,
};

Deno.serve({ port: Number(Deno.env.get("PORT")) }, async (request) => {
  if (!request.headers.has("Authorization")) return new Response("ok");
  const header = request.headers.get("Authorization") ?? "";
  const orgId = await organizationOf(header.slice("Bearer ".length));
  const [customer, subscription, wallet] = await kv.getMany<
    [unknown, Subscription, Wallet]
  >([["customer", orgId], ["subscription", orgId], ["wallet", orgId]]);
  const { granted, purchased } = wallet.value ?? { granted: 0, purchased: 0 };
  const { status, plan, interval, cancelAtMs, currentPeriodEndMs } =
    subscription.value ?? NONE;
  return Response.json({
    plan: PAID.includes(status ?? "") ? "paid" : "free",
    plan_id: plan ?? "free",
    interval,
    status,
    cancel_at: cancelAtMs && new Date(cancelAtMs).toISOString(),
    current_period_end: currentPeriodEndMs &&
      new Date(currentPeriodEndMs).toISOString(),
    tokens: { total: granted + purchased, granted, purchased },
    has_customer: customer.value !== null,
  });
});
