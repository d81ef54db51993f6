import { digestOf } from "@/lib/auth/digest.ts";
import { BillingError } from "@/lib/errors.ts";
import type { LedgerEntry } from "./ledger.ts";
import {
  mayManageBilling,
  requireUsageWriter,
} from "@/lib/auth/permissions.ts";
import type { Principal } from "@/lib/auth/authenticate.ts";
import type { Services } from "@/lib/services.ts";
import type { PostOutcome } from "@/lib/store/mod.ts";
import { readAccount } from "./wallet.ts";

/** What is to be taken, and for what. */
export interface ChargeRequest {
  /** A positive safe integer. */
  tokens: number;
  /** Shown in the history. */
  description: string;
  /** The caller's own name of this charge, 1 to 255 characters. */
  idempotencyKey: string;
}

/** A charge that was made. */
export interface ChargeOutcome {
  entry: LedgerEntry;
  /** Whether it was made by an earlier request with the same key. */
  repeated: boolean;
}

/**
 * Takes tokens from the principal's wallet, once for each Idempotency-Key,
 * which is known for 24 hours. A charge that was refused is not kept: the
 * same key counts once there are tokens.
 *
 * @throws {BillingError} `forbidden` and `validation_error` as
 * {@linkcode requireUsageWriter}; `insufficient_balance`, and nothing was
 * taken; `conflict` for a key that another charge had; `rate_limited` or
 * `unavailable` with too many charges under way.
 * @throws {Error} What the store throws: ask again with the same key.
 */
export async function chargeWallet(
  services: Services,
  principal: Principal,
  request: ChargeRequest,
): Promise<ChargeOutcome> {
  const orgId = requireUsageWriter(principal);
  const nowMs = services.now();
  // The month's tokens come before what is taken from them.
  if (!services.recentGrantChecks.knows(orgId, nowMs)) {
    await readAccount(services, orgId);
  }
  const { tokens, description, idempotencyKey } = request;
  // A key of the store is bounded, theirs is long.
  const source = `charge:${await digestOf(idempotencyKey)}`;
  const posting = { kind: "charge", tokens, description, source } as const;
  const outcome = await services.store.post(orgId, posting, nowMs);
  if (outcome.kind === "insufficient") {
    throw insufficient(services, principal, { outcome, tokens });
  }
  return requireSame(outcome, request);
}

function insufficient(
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

/** The entry holds all that a request says, so it is what is compared. */
function requireSame(
  { kind, entry }: Exclude<PostOutcome, { kind: "insufficient" }>,
  { tokens, description }: ChargeRequest,
): ChargeOutcome {
  const taken = 0 - entry.granted - entry.purchased;
  if (taken === tokens && entry.description === description) {
    return { entry, repeated: kind === "repeated" };
  }
  throw new BillingError(
    "conflict",
    "The Idempotency-Key was used for another charge in the last 24 hours",
  );
}

/** A charge as the API shows it. */
export function showCharge({ id, granted, purchased, balance }: LedgerEntry) {
  return { id, tokens: 0 - granted - purchased, balance };
}
