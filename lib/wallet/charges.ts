import { timeOf } from "@/lib/billing/customer_time.ts";
import type { Principal } from "@/lib/auth/principal.ts";
import { digestOf } from "@/lib/auth/digest.ts";
import {
  mayManageBilling,
  requireUsageWriter,
} from "@/lib/auth/permissions.ts";
import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { LedgerEntry } from "@/lib/store/ledger_types.ts";
import type { PostOutcome } from "@/lib/store/postings.ts";
import { tokensOf } from "./ledger.ts";
import { readAccount } from "./wallet.ts";

/** A charge to make. */
export interface ChargeRequest {
  /** A positive safe integer. */
  tokens: number;
  /** Shown in the history. */
  description: string;
  /** The caller's key of this charge, 1 to 255 characters. */
  idempotencyKey: string;
}

/** A completed charge. */
export interface ChargeOutcome {
  entry: LedgerEntry;
  /** True if an earlier request with the same key made the charge. */
  repeated: boolean;
}

/**
 * Charges the principal's wallet, once per Idempotency-Key within 24 hours. A
 * refused charge doesn't use up its key: the same key works once the balance
 * suffices.
 *
 * @throws {BillingError} `forbidden` and `validation_error` as
 * {@linkcode requireUsageWriter}; `insufficient_balance` if nothing was taken;
 * `conflict` if the key belongs to a different charge; `rate_limited` or
 * `unavailable` if too many charges are queued.
 * @throws {Error} An error of the store. Retry with the same key.
 */
export async function chargeWallet(
  services: Services,
  principal: Principal,
  request: ChargeRequest,
): Promise<ChargeOutcome> {
  const orgId = requireUsageWriter(services, principal);
  const nowMs = await timeOf(services, orgId);
  // Due grants are posted first, so the charge can use their tokens.
  if (!services.recentGrantChecks.has(orgId, nowMs)) {
    await readAccount(services, orgId);
  }
  const { tokens, description, idempotencyKey } = request;
  // A digest, as Deno KV limits the size of keys.
  const source = `charge:${await digestOf(idempotencyKey)}`;
  const posting = { kind: "charge", tokens, description, source } as const;
  const outcome = await services.store.post(orgId, posting, nowMs);
  countCharge(services, outcome, tokens);
  if (outcome.kind === "insufficient") {
    throw insufficientBalance(services, principal, { outcome, tokens });
  }
  return requireSameCharge(outcome, request);
}

function countCharge(
  { telemetry }: Services,
  { kind }: PostOutcome,
  tokens: number,
): void {
  telemetry.count("portico.charges", 1, { "portico.outcome": kind });
  if (kind === "posted") telemetry.count("portico.charged_tokens", tokens);
}

function insufficientBalance(
  services: Services,
  principal: Principal,
  { outcome, tokens }: { outcome: PostOutcome; tokens: number },
): BillingError {
  const { granted, purchased } = outcome.wallet;
  const balance = granted + purchased;
  return new BillingError(
    "insufficient_balance",
    `Cannot charge wallet: balance is ${balance}, required ${tokens}`,
    {
      shortfall: {
        balance,
        required: tokens,
        topUpUrl: `${services.config.frontendUrl}/account#credits`,
        mayTopUp: mayManageBilling(services, principal),
      },
    },
  );
}

/** Compares the request with the entry, which holds all of its parameters. */
function requireSameCharge(
  { kind, entry }: Exclude<PostOutcome, { kind: "insufficient" }>,
  { tokens, description }: ChargeRequest,
): ChargeOutcome {
  const taken = 0 - tokensOf(entry);
  if (taken === tokens && entry.description === description) {
    return { entry, repeated: kind === "repeated" };
  }
  throw new BillingError(
    "conflict",
    "The Idempotency-Key was used for another charge in the last 24 hours",
  );
}

/** Returns the API representation of a charge. */
export function showCharge(entry: LedgerEntry) {
  return { id: entry.id, tokens: 0 - tokensOf(entry), balance: entry.balance };
}
