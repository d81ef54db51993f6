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
import { newDispute, reversal } from "./dispute_objects.ts";
import type { ApiCharge, ApiDispute } from "../api/api_types.ts";
export type Evidence = Partial<ApiDispute["evidence"]>;

/** The words that Stripe has for tests: given as `uncategorized_text`, they decide a dispute. */
const DECISIVE: Record<string, "lost" | "won"> = {
  losing_evidence: "lost",
  winning_evidence: "won",
};

/** Disputes what was just paid, where the test card is one whose owner does. */
export function disputeIfCardDoes(
  transaction: BillingTransaction,
  charge: ApiCharge,
  { number }: Pick<PaymentMethodExtra, "number">,
): void {
  const { disputedAs: reason } = findTestCard(number);
  if (reason === undefined) return;
  const made = newDispute(charge, { reason, atSec: transaction.nowSec });
  const { due_by: dueSec } = made.evidence_details;
  transaction.insert(DISPUTE, made, {
    customer: transaction.customerId,
    // Who does not answer in time has lost.
    ruling: dueSec === null ? null : { atSec: dueSec, status: "lost" },
  });
  transaction.change(CHARGE, { ...charge, disputed: true });
  transaction.emit("charge.dispute.created", made);
  transaction.emit("charge.dispute.funds_withdrawn", made);
}

/** What somebody writes to a dispute. */
export interface Answer {
  evidence?: Evidence;
  metadata?: Metadata | null;
  /** Whether the bank gets the evidence now, after which it cannot be changed. */
  submits: boolean;
}

/**
 * Writes to a dispute. What the bank makes of the evidence is told a moment later, as a step of
 * the customer's scheduler; evidence without one of the decisive words stays under review.
 *
 * @throws {ApiError} 400 for evidence once the dispute is closed, or once it was submitted.
 */
export function answerDispute(
  transaction: BillingTransaction,
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
  const after = transaction.change(
    DISPUTE,
    submits ? submitted(noted) : noted,
    submits ? { ...extra, ruling: rulingOn(transaction, noted) } : extra,
  );
  transaction.emitUpdate("charge.dispute.updated", before, after);
  return after;
}

function checkAnswerable({ status }: ApiDispute): void {
  checkOpen({ status });
  if (status === "needs_response") return;
  throw invalidRequest("Evidence was already submitted for this dispute");
}

function checkOpen({ status }: Pick<ApiDispute, "status">): void {
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
 * Gives a dispute up: it is lost.
 *
 * @throws {ApiError} 400 when it is closed already.
 */
export function concede(
  transaction: BillingTransaction,
  { object }: StoredDispute,
): ApiDispute {
  checkOpen(object);
  return end(transaction, object, "lost");
}

/** The decisions that banks owe, as steps of the customer's scheduler. */
export async function disputeSteps(
  transaction: BillingTransaction,
): Promise<Step[]> {
  const list = ["disputes_moving_by_customer", transaction.customerId];
  const waiting = await transaction.all(DISPUTE, list);
  return waiting.flatMap(({ object: { id }, extra: { ruling } }) =>
    ruling === null
      ? []
      : [{ atSec: ruling.atSec, run: (transaction) => rule(transaction, id) }]
  );
}

async function rule(
  transaction: BillingTransaction,
  id: string,
): Promise<void> {
  const { object, extra: { ruling } } = await transaction.need(DISPUTE, id);
  if (ruling === null) return;
  const details = object.evidence_details;
  const past_due = object.status === "needs_response";
  const late = { ...object, evidence_details: { ...details, past_due } };
  end(transaction, late, ruling.status);
}

function end(
  transaction: BillingTransaction,
  dispute: ApiDispute,
  status: "lost" | "won",
): ApiDispute {
  const won = status === "won";
  const closed = transaction.change(DISPUTE, {
    ...dispute,
    balance_transactions: won
      ? [...dispute.balance_transactions, reversal(dispute, transaction.nowSec)]
      : dispute.balance_transactions,
    // What was won back can be given back.
    is_charge_refundable: won,
    status,
  }, { customer: transaction.customerId, ruling: null });
  if (won) transaction.emit("charge.dispute.funds_reinstated", closed);
  transaction.emit("charge.dispute.closed", closed);
  return closed;
}
