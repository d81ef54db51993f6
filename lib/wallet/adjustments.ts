import { timeOf } from "@/lib/billing/customer_time.ts";
import { digestOf } from "@/lib/auth/digest.ts";
import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type {
  AdjustmentDetails,
  LedgerEntry,
} from "@/lib/store/ledger_types.ts";
import { tokensOf } from "./ledger.ts";

/** An adjustment to make. */
export interface AdjustmentRequest {
  orgId: string;
  actor: AdjustmentDetails["actor"];
  /** A safe integer other than 0; negative to take purchased tokens. */
  tokens: number;
  /** Shown in the history. */
  reason: string;
  /** The caller's key of this adjustment, 1 to 255 characters. */
  idempotencyKey: string;
}

/**
 * Adds purchased tokens to a wallet, or takes as many as are left, once per
 * Idempotency-Key, and records the activity.
 *
 * @returns `repeated` if an earlier request with the same key made it.
 * @throws {BillingError} `validation_error` if the balance would exceed the
 * safe integers; `conflict` if the key belongs to another adjustment;
 * `not_found` if the organization was deleted; `rate_limited` or `unavailable`
 * if too many postings are queued.
 * @throws {Error} An error of the store. Retry with the same key.
 */
export async function adjustWallet(
  services: Pick<Services, "store" | "now" | "sandbox">,
  { orgId, actor, tokens, reason, idempotencyKey }: AdjustmentRequest,
): Promise<{ entry: LedgerEntry; repeated: boolean }> {
  const { store } = services;
  const nowMs = await timeOf(services, orgId);
  const posting = {
    kind: "adjustment",
    tokens,
    description: reason,
    // A digest, as Deno KV limits the size of keys.
    source: `adjustment:${await digestOf(idempotencyKey)}`,
    details: { actor, requestedTokens: tokens },
  } as const;
  const outcome = await store.post(orgId, posting, nowMs).catch(refuseOverflow);
  if (outcome.kind === "insufficient") {
    throw new TypeError("An adjustment takes at most the tokens that are left");
  }
  const { kind, entry } = outcome;
  const isSame = entry.adjustment?.requestedTokens === tokens &&
    entry.description === reason;
  if (isSame) {
    // Also after a repeat: the first request may have stopped before this.
    await store.recordActivity(orgId, {
      action: "wallet.adjusted",
      atMs: entry.atMs,
      actor,
      details: { tokens: tokensOf(entry), reason },
    }, entry.id);
    return { entry, repeated: kind === "repeated" };
  }
  throw new BillingError(
    "conflict",
    "The Idempotency-Key was used for another adjustment",
  );
}

function refuseOverflow(error: unknown): never {
  if (!(error instanceof RangeError)) throw error;
  throw new BillingError(
    "validation_error",
    "tokens would exceed the largest possible balance",
    { cause: error },
  );
}

/** Returns the API representation of an adjustment. */
export function showAdjustment(entry: LedgerEntry) {
  return { id: entry.id, tokens: tokensOf(entry), balance: entry.balance };
}
