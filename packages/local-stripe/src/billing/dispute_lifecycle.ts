import { invalidRequest } from "../api/errors.ts";
import {
  CHARGE,
  DISPUTE,
  type DisputeExtra,
  type PaymentMethodExtra,
  type StoredDispute,
} from "../store/schema.ts";
import { mergeMetadata, type Metadata } from "../api/metadata.ts";
import { findTestCard } from "./test_cards.ts";
import type { BillingTransaction, Step } from "./transaction.ts";
import { moveBalance } from "./balance_transactions.ts";
import { newDispute } from "./dispute_objects.ts";
import type { ApiCharge, ApiDispute } from "../api/api_types.ts";

type Evidence = Partial<ApiDispute["evidence"]>;

/** Stripe's test values of `uncategorized_text`, which decide a dispute. */
const DECISIVE: Record<string, "lost" | "won"> = {
  losing_evidence: "lost",
  winning_evidence: "won",
};

/** Opens a dispute of a new charge if the test card causes one. */
export function disputeIfCardDoes(
  tx: BillingTransaction,
  charge: ApiCharge,
  { number }: Pick<PaymentMethodExtra, "number">,
): void {
  const { disputedAs: reason } = findTestCard(number);
  if (reason === undefined) return;
  const blank = newDispute(charge, { reason, atSec: tx.nowSec });
  const balance_transactions = [moveAmount(tx, blank, "withdrawal")];
  const made = { ...blank, balance_transactions };
  const { due_by: dueSec } = made.evidence_details;
  tx.insert(DISPUTE, made, {
    customer: tx.customerId,
    // Without evidence by the due date, the dispute is lost.
    ruling: dueSec === null ? null : { atSec: dueSec, status: "lost" },
  });
  tx.change(CHARGE, { ...charge, disputed: true });
  tx.emit("charge.dispute.created", made);
  tx.emit("charge.dispute.funds_withdrawn", made);
}

/** The dispute fee in the currency's minor unit; it is not refunded when a dispute is won. */
const FEE = { amount: 1_500, description: "Dispute fee" };

function moveAmount(
  tx: BillingTransaction,
  { amount, charge, currency, id: source }: ApiDispute,
  kind: "withdrawal" | "reversal",
) {
  const withdraws = kind === "withdrawal";
  return moveBalance(tx, {
    amount: withdraws ? -amount : amount,
    currency,
    description: `Chargeback ${kind} for ${charge}`,
    ...(withdraws && { fee: FEE }),
    reporting_category: withdraws ? "dispute" : "dispute_reversal",
    source,
    type: "adjustment",
  });
}

/** An update of a dispute. */
interface Answer {
  evidence?: Evidence;
  metadata?: Metadata | null;
  /** Whether to submit the evidence to the bank, after which it cannot be changed. */
  submits: boolean;
}

/**
 * Updates a dispute and optionally submits its evidence. A later step applies the bank's decision;
 * evidence without one of the decisive values stays under review.
 *
 * @throws {ApiError} 400 for evidence once the dispute is closed or its evidence submitted.
 */
export function answerDispute(
  tx: BillingTransaction,
  stored: StoredDispute,
  { evidence, metadata, submits }: Answer,
): ApiDispute {
  const { object: before, extra } = stored;
  if (evidence !== undefined || submits) checkAnswerable(before);
  const written = withEvidence(before, evidence ?? {});
  const noted = {
    ...written,
    metadata: mergeMetadata(before.metadata, metadata),
  };
  const next = submits ? { ...extra, ruling: rulingOn(tx, noted) } : extra;
  return tx.update(DISPUTE, before, submits ? submitted(noted) : noted, next);
}

function checkAnswerable({ status }: ApiDispute) {
  checkOpen({ status });
  if (status === "needs_response") return;
  throw invalidRequest("Evidence was already submitted for this dispute");
}

function checkOpen({ status }: Pick<ApiDispute, "status">) {
  if (status !== "lost" && status !== "won") return;
  throw invalidRequest("This dispute is already closed");
}

function withEvidence(dispute: ApiDispute, given: Evidence): ApiDispute {
  const evidence = { ...dispute.evidence, ...given };
  const { enhanced_evidence: _enhanced, ...plain } = evidence;
  const has = Object.values(plain).some((value) => value !== null);
  const details = { ...dispute.evidence_details, has_evidence: has };
  return { ...dispute, evidence, evidence_details: details };
}

function submitted(dispute: ApiDispute): ApiDispute {
  const { evidence_details: details } = dispute;
  return {
    ...dispute,
    evidence_details: {
      ...details,
      submission_count: details.submission_count + 1,
      submission_method: "manual",
    },
    status: "under_review",
  };
}

function rulingOn(
  { nowSec }: BillingTransaction,
  { evidence }: ApiDispute,
): DisputeExtra["ruling"] {
  const status = DECISIVE[evidence.uncategorized_text ?? ""];
  return status === undefined ? null : { atSec: nowSec, status };
}

/**
 * Concedes a dispute as lost.
 *
 * @throws {ApiError} 400 if it is already closed.
 */
export function concede(
  tx: BillingTransaction,
  { object }: StoredDispute,
): ApiDispute {
  checkOpen(object);
  return end(tx, object, "lost");
}

/** The pending decisions on disputes, as steps of the scheduler. */
export async function disputeSteps(tx: BillingTransaction): Promise<Step[]> {
  const list = ["disputes_moving_by_customer", tx.customerId];
  const pending = await tx.all(DISPUTE, list);
  return pending.flatMap(({ object: { id }, extra: { ruling } }) => {
    if (ruling === null) return [];
    return [{ atSec: ruling.atSec, run: (tx) => rule(tx, id) }];
  });
}

async function rule(tx: BillingTransaction, id: string) {
  const { object, extra: { ruling } } = await tx.need(DISPUTE, id);
  if (ruling === null) return;
  const details = object.evidence_details;
  const past_due = object.status === "needs_response";
  const late = { ...object, evidence_details: { ...details, past_due } };
  end(tx, late, ruling.status);
}

function end(
  tx: BillingTransaction,
  dispute: ApiDispute,
  status: "lost" | "won",
): ApiDispute {
  const won = status === "won";
  const closed = tx.change(DISPUTE, {
    ...dispute,
    balance_transactions: won
      ? [...dispute.balance_transactions, moveAmount(tx, dispute, "reversal")]
      : dispute.balance_transactions,
    // The amount of a won dispute can be refunded.
    is_charge_refundable: won,
    status,
  }, { customer: tx.customerId, ruling: null });
  if (won) tx.emit("charge.dispute.funds_reinstated", closed);
  tx.emit("charge.dispute.closed", closed);
  return closed;
}
