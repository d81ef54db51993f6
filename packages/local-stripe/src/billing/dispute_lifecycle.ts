import { invalidRequest } from "../api/errors.ts";
import {
  CHARGE,
  DISPUTE,
  type DisputeExtra,
  type PaymentMethodExtra,
} from "../store/schema.ts";
import { mergeMetadata, type Metadata } from "../resources/metadata.ts";
import { findTestCard } from "../resources/test_cards.ts";
import type { Row } from "../store/collections.ts";
import type { Books } from "./transaction.ts";
import { newDispute, reversal } from "./dispute_objects.ts";
import type { Step } from "./due_steps.ts";
import type { WireCharge, WireDispute } from "../api/api_types.ts";

export type DisputeRow = Row<WireDispute, DisputeExtra>;
export type Evidence = Partial<WireDispute["evidence"]>;

/** The words that Stripe has for tests: given as `uncategorized_text`, they decide a dispute. */
const DECISIVE: Record<string, "lost" | "won"> = {
  losing_evidence: "lost",
  winning_evidence: "won",
};

/** Disputes what was just paid, where the test card is one whose owner does. */
export function disputeIfCardDoes(
  books: Books,
  charge: WireCharge,
  { number }: Pick<PaymentMethodExtra, "number">,
): void {
  const { disputedAs: reason } = findTestCard(number);
  if (reason === undefined) return;
  const made = newDispute(charge, { reason, atSec: books.nowSec });
  const { due_by: dueSec } = made.evidence_details;
  books.insert(DISPUTE, made, {
    customer: books.customerId,
    // Who does not answer in time has lost.
    ruling: dueSec === null ? null : { atSec: dueSec, status: "lost" },
  });
  books.change(CHARGE, { ...charge, disputed: true });
  books.tell("charge.dispute.created", made);
  books.tell("charge.dispute.funds_withdrawn", made);
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
 * the customer's clockwork; evidence without one of the decisive words stays under review.
 *
 * @throws {StripeProblem} 400 for evidence once the dispute is closed, or once it was submitted.
 */
export function answerDispute(
  books: Books,
  row: DisputeRow,
  { evidence, metadata, submits }: Answer,
): WireDispute {
  const { object: before, extra } = row;
  if (evidence !== undefined || submits) checkAnswerable(before);
  const written = withEvidence(before, evidence ?? {});
  const noted = {
    ...written,
    metadata: mergeMetadata(before.metadata, metadata),
  };
  const after = books.change(
    DISPUTE,
    submits ? submitted(noted) : noted,
    submits ? { ...extra, ruling: rulingOn(books, noted) } : extra,
  );
  books.tellUpdate("charge.dispute.updated", before, after);
  return after;
}

function checkAnswerable({ status }: WireDispute): void {
  checkOpen({ status });
  if (status === "needs_response") return;
  throw invalidRequest("Evidence was already submitted for this dispute");
}

function checkOpen({ status }: Pick<WireDispute, "status">): void {
  if (status !== "lost" && status !== "won") return;
  throw invalidRequest("This dispute is already closed");
}

function withEvidence(dispute: WireDispute, given: Evidence): WireDispute {
  const evidence = { ...dispute.evidence, ...given };
  const { enhanced_evidence: _enhanced, ...plain } = evidence;
  const has = Object.values(plain).some((value) => value !== null);
  const details = { ...dispute.evidence_details, has_evidence: has };
  return { ...dispute, evidence, evidence_details: details };
}

function submitted(dispute: WireDispute): WireDispute {
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
  { nowSec }: Books,
  { evidence }: WireDispute,
): DisputeExtra["ruling"] {
  const status = DECISIVE[evidence.uncategorized_text ?? ""];
  return status === undefined ? null : { atSec: nowSec, status };
}

/**
 * Gives a dispute up: it is lost.
 *
 * @throws {StripeProblem} 400 when it is closed already.
 */
export function concede(books: Books, { object }: DisputeRow): WireDispute {
  checkOpen(object);
  return end(books, object, "lost");
}

/** The decisions that banks owe, as steps of the customer's clockwork. */
export async function disputeSteps(books: Books): Promise<Step[]> {
  const list = ["disputes_moving_by_customer", books.customerId];
  const waiting = await books.all(DISPUTE, list);
  return waiting.flatMap(({ object: { id }, extra: { ruling } }) =>
    ruling === null
      ? []
      : [{ atSec: ruling.atSec, run: (books) => rule(books, id) }]
  );
}

async function rule(books: Books, id: string): Promise<void> {
  const { object, extra: { ruling } } = await books.need(DISPUTE, id);
  if (ruling === null) return;
  const details = object.evidence_details;
  const past_due = object.status === "needs_response";
  const late = { ...object, evidence_details: { ...details, past_due } };
  end(books, late, ruling.status);
}

function end(
  books: Books,
  dispute: WireDispute,
  status: "lost" | "won",
): WireDispute {
  const won = status === "won";
  const closed = books.change(DISPUTE, {
    ...dispute,
    balance_transactions: won
      ? [...dispute.balance_transactions, reversal(dispute, books.nowSec)]
      : dispute.balance_transactions,
    // What was won back can be given back.
    is_charge_refundable: won,
    status,
  }, { customer: books.customerId, ruling: null });
  if (won) books.tell("charge.dispute.funds_reinstated", closed);
  books.tell("charge.dispute.closed", closed);
  return closed;
}
