import { timeOf } from "@/lib/billing/customer_time.ts";
import type Stripe from "stripe";
import { idOf } from "@/lib/billing/stripe_client.ts";
import type { Services } from "@/lib/services.ts";
import type { LedgerEntry } from "@/lib/store/ledger_types.ts";
import { fulfillCheckout } from "./purchases.ts";

/** A refund or a dispute. */
interface Reversal {
  /** `refund:re_…` or `dispute:dp_…` */
  source: string;
  description: string;
  /** The description if the tokens are restored. */
  restoredDescription: string;
  /** In the currency's minor unit. */
  amountMinor: number;
  paymentIntent: string | { id: string } | null;
  /**
   * `reversed`: the money went back to the customer; `restored`: it did not
   * after all; `open`: undecided.
   */
  state: "reversed" | "restored" | "open";
}

/**
 * Takes back the tokens of a refunded credit pack, in proportion to the
 * refunded amount, once per refund. It takes at most the purchased tokens that
 * are left; packs are not tracked separately. If the refund fails later, the
 * tokens are restored.
 *
 * @param refundId `re_…`
 * @returns The organization; null for a customer without one.
 * @throws {Error} An error of Stripe's SDK or the store. Safe to retry.
 */
export async function reverseRefund(
  services: Services,
  refundId: string,
): Promise<string | null> {
  return await applyReversal(services, () => readRefund(services, refundId));
}

async function readRefund(
  { stripe }: Services,
  refundId: string,
): Promise<Reversal> {
  const { refunds } = await stripe();
  const { id, amount, payment_intent, status } = await refunds.retrieve(
    refundId,
  );
  return {
    source: `refund:${id}`,
    description: "Credit pack refunded",
    restoredDescription: "Refund reversed",
    amountMinor: amount,
    paymentIntent: payment_intent,
    state: refundState(status),
  };
}

function refundState(status: string | null): Reversal["state"] {
  if (status === "succeeded") return "reversed";
  return status === "failed" || status === "canceled" ? "restored" : "open";
}

/**
 * Takes back the tokens of a credit pack whose dispute is lost, and restores
 * them if it is won after all.
 *
 * @param disputeId `dp_…` or `du_…`
 * @returns The organization; null for a customer without one.
 * @throws {Error} As {@linkcode reverseRefund}.
 */
export async function reverseDispute(
  services: Services,
  disputeId: string,
): Promise<string | null> {
  return await applyReversal(services, () => readDispute(services, disputeId));
}

async function readDispute(
  { stripe }: Services,
  disputeId: string,
): Promise<Reversal> {
  const { disputes } = await stripe();
  const { id, amount, charge, payment_intent, status } = await disputes
    .retrieve(disputeId, { expand: ["charge"] });
  return {
    source: `dispute:${id}`,
    description: "Credit pack payment disputed",
    restoredDescription: "Dispute reversed",
    amountMinor: Math.min(amount, unrefundedAmount(charge)),
    paymentIntent: payment_intent,
    state: disputeState(status),
  };
}

/**
 * A bank may dispute the full amount of a partly refunded payment. If the
 * dispute is lost, the refunded part is returned to the Stripe account.
 */
function unrefundedAmount(charge: string | Stripe.Charge): number {
  if (typeof charge === "string") return Infinity;
  return charge.amount - charge.amount_refunded;
}

function disputeState(status: Stripe.Dispute.Status): Reversal["state"] {
  if (status === "lost") return "reversed";
  return status === "won" ? "restored" : "open";
}

/** Far above the disputes of one charge. */
const MAX_DISPUTES = 100;

/**
 * Applies the refunds and disputes of a credit pack whose events were missed.
 *
 * @param charge The pack's, with its newest refunds expanded.
 * @throws {Error} As {@linkcode reverseRefund}.
 */
export async function reverseMissed(
  services: Services,
  orgId: string,
  { id: charge, disputed, refunds }: Stripe.Charge,
): Promise<void> {
  for (const { id, status } of refunds?.data.toReversed() ?? []) {
    const refund = { source: `refund:${id}`, state: refundState(status) };
    if (await isApplied(services, orgId, refund)) continue;
    await reverseRefund(services, id);
  }
  if (!disputed) return;
  const { disputes } = await services.stripe();
  const { data } = await disputes.list({ charge, limit: MAX_DISPUTES });
  for (const { id, status } of data.toReversed()) {
    const dispute = { source: `dispute:${id}`, state: disputeState(status) };
    if (await isApplied(services, orgId, dispute)) continue;
    await reverseDispute(services, id);
  }
}

/** Reports whether the ledger has the effect of a refund or a dispute. */
async function isApplied(
  { store }: Services,
  orgId: string,
  { source, state }: Pick<Reversal, "source" | "state">,
): Promise<boolean> {
  if (state === "open") return true;
  const debit = await store.readPosted(orgId, source);
  if (state === "reversed") return debit !== null;
  if (debit === null || debit.purchased === 0) return true;
  return await store.readPosted(orgId, `undone:${source}`) !== null;
}

/** @param read Reads the refund or the dispute from Stripe. */
async function applyReversal(
  services: Services,
  read: () => Promise<Reversal>,
): Promise<string | null> {
  let reversal = await read();
  const session = await findPaidSession(services, reversal.paymentIntent);
  if (!session?.customer) return null;
  const orgId = await services.store.readOrganization(idOf(session.customer));
  if (orgId === null) return null;
  // The refund's event may arrive before the purchase's.
  const purchase = await fulfillCheckout(services, orgId, session.id);
  if (purchase === null) return orgId;
  if (reversal.state === "reversed") {
    const tokens = refundedTokens(purchase, session, reversal);
    await debitTokens(services, orgId, { ...reversal, tokens });
    // The refund may have failed after the first read, and that event may have
    // been handled before this debit, with no tokens to restore.
    reversal = await read();
  }
  if (reversal.state === "restored") {
    await restoreTokens(services, orgId, reversal);
  }
  return orgId;
}

/** A payment intent belongs to at most one session. */
async function findPaidSession(
  { stripe }: Services,
  paymentIntent: Reversal["paymentIntent"],
): Promise<Stripe.Checkout.Session | null> {
  if (paymentIntent === null) return null;
  const { sessions } = (await stripe()).checkout;
  const payment_intent = idOf(paymentIntent);
  const { data } = await sessions.list({ payment_intent, limit: 1 });
  return data[0] ?? null;
}

/** Rounds down, so that partial refunds never take more than a full one. */
function refundedTokens(
  { purchased }: LedgerEntry,
  { amount_total }: Stripe.Checkout.Session,
  { amountMinor }: Reversal,
): number {
  const total = amount_total ?? 0;
  if (amountMinor >= total) return purchased;
  return Number(BigInt(purchased) * BigInt(amountMinor) / BigInt(total));
}

async function debitTokens(
  services: Services,
  orgId: string,
  { source, description, tokens }: Reversal & { tokens: number },
): Promise<void> {
  if (tokens <= 0) return; // the amount is worth less than a token
  const posting = { kind: "refund", source, description, tokens } as const;
  await services.store.post(orgId, posting, await timeOf(services, orgId));
}

/** Restores only the tokens that were debited, once. */
async function restoreTokens(
  services: Services,
  orgId: string,
  { source, restoredDescription }: Reversal,
): Promise<void> {
  const { store } = services;
  const debit = await store.readPosted(orgId, source);
  if (debit === null || debit.purchased === 0) return;
  await store.post(orgId, {
    kind: "adjustment",
    source: `undone:${source}`,
    description: restoredDescription,
    tokens: 0 - debit.purchased,
  }, await timeOf(services, orgId));
}
