import type { Posting } from "@/lib/store/ledger_types.ts";
import { authorization, openTestApp, ORG, type TestApp } from "./app.ts";
import { purchase } from "./postings.ts";

/** An app without rate limits, for tests with many concurrent calls. */
export async function openWalletApp(): Promise<TestApp> {
  return await openTestApp({ RATE_LIMIT_SCALE: "0" });
}

export async function postTo(
  { services }: TestApp,
  posting: Posting,
  orgId: string = ORG,
): Promise<void> {
  await services.store.post(orgId, posting, services.now());
}

/** Leaves a wallet with these purchased tokens only. */
export async function fillWallet(app: TestApp, tokens: number): Promise<void> {
  // The first read grants the month's tokens.
  await app.fetch("/api/v1/account/balance", {
    headers: await authorization(),
  });
  const { granted } = await app.services.store.readWallet(ORG);
  const description = "All that the month granted";
  const source = "charge:used_up";
  await postTo(app, { kind: "charge", tokens: granted, source, description });
  await postTo(app, purchase("checkout:cs_1", tokens));
}

/** Overrides of a charge request. */
export interface ChargeOptions {
  key?: string | null;
  body?: unknown;
  headers?: HeadersInit;
}

let count = 0;

/** Charges through the API, by default one token as an admin with a new key. */
export async function chargeByApi(
  app: TestApp,
  { key = `key_${++count}`, body = { tokens: 1 }, headers }: ChargeOptions = {},
): Promise<Response> {
  return await app.fetch("/api/v1/billing/charges", {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(key !== null && { "Idempotency-Key": key }),
      ...headers ?? await authorization(),
    },
    body: JSON.stringify(body),
  });
}
