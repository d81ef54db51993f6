import type { Posting } from "@/lib/store/ledger_types.ts";
import { authorization, openTestApp, ORG, type TestApp } from "./app.ts";
import { purchase } from "./wallets.ts";

/** An app without limits of calls, as many come at one time. */
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

/** Leaves a wallet with these purchased tokens and no others. */
export async function fillWallet(app: TestApp, tokens: number): Promise<void> {
  // The month's own tokens are due with the first look.
  await app.fetch("/api/v1/account/balance", {
    headers: await authorization(),
  });
  const { granted } = await app.services.store.readWallet(ORG);
  const description = "All that the month granted";
  const source = "charge:used_up";
  await postTo(app, { kind: "charge", tokens: granted, source, description });
  await postTo(app, purchase("checkout:cs_1", tokens));
}

/** What a charge is asked with, where a test has something of its own. */
export interface ChargeOptions {
  key?: string | null;
  body?: unknown;
  headers?: HeadersInit;
}

let count = 0;

/** Charges by the API; an admin, a token and a new key unless told. */
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
