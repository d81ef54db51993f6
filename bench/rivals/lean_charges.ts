/**
 * A minimal correct charge endpoint: compare-and-set with one commit per
 * charge, retried at once after a conflict. It stores what Portico stores: the
 * balance, the entry and the idempotency marker.
 */
import { createTokenCache } from "./token_cache.ts";

interface Wallet {
  granted: number;
  purchased: number;
  entries: number;
}

const kv = await Deno.openKv(Deno.env.get("KV_PATH"));
const organizationOf = await createTokenCache(
  Deno.env.get("AUTH_JWT_KEY") ?? "",
);

/** @returns The new balance; null if it is insufficient. */
async function charge(
  orgId: string,
  { amount, source }: { amount: number; source: string },
): Promise<number | null> {
  for (;;) {
    const [wallet, marker] = await kv.getMany<[Wallet, number]>([
      ["wallet", orgId],
      ["ledger_source", orgId, source],
    ]);
    if (marker.value !== null) return wallet.value?.purchased ?? 0;
    const { granted, purchased, entries } = wallet.value ?? EMPTY;
    if (purchased < amount) return null;
    const balance = purchased - amount;
    const seq = entries + 1;
    const { ok } = await kv.atomic().check(wallet, marker)
      .set(["wallet", orgId], { granted, purchased: balance, entries: seq })
      .set(["ledger", orgId, seq], { amount, balance, source, at: Date.now() })
      .set(["ledger_source", orgId, source], seq)
      .commit();
    if (ok) return balance;
  }
}

const EMPTY: Wallet = { granted: 0, purchased: 0, entries: 0 };

Deno.serve({ port: Number(Deno.env.get("PORT")) }, async (request) => {
  if (request.method !== "POST") return new Response("ok");
  const header = request.headers.get("Authorization") ?? "";
  const orgId = await organizationOf(header.slice("Bearer ".length));
  const { tokens: amount } = await request.json();
  const source = `charge:${request.headers.get("Idempotency-Key")}`;
  const balance = await charge(orgId, { amount, source });
  if (balance === null) return new Response(null, { status: 402 });
  return Response.json({ tokens: amount, balance }, { status: 201 });
});
