import { type Context, nowSec } from "../context.ts";
import { invalidRequest } from "../api/errors.ts";
import type { Collection, StoredObject } from "../store/collections.ts";
import { readAccount } from "./customer_account.ts";
import { BillingTransaction } from "./transaction.ts";
import { nextStep } from "./due_steps.ts";
import { DISPUTE, REFUND, SUBSCRIPTION } from "../store/schema.ts";

/** The most steps of one call; a daily price needs fewer for five years. */
const MAX_STEPS = 5_000;
const MAX_CUSTOMERS = 1_000;

/**
 * Runs the steps that have fallen due for a customer. There is no background process: callers run
 * this before they read or change the customer's billing.
 */
export async function catchUp(
  context: Context,
  customer: string,
): Promise<void> {
  const { entry, nowSec } = await readAccount(context, customer);
  // Without an account entry, the customer has never been billed.
  if (entry.value === null || nowSec < entry.value.quietUntilSec) return;
  await runTo(context, customer, nowSec);
}

/** Runs the due steps of all customers with a live subscription or a pending bank decision. */
export async function catchUpAll(context: Context): Promise<void> {
  const customers = new Set([
    ...(await listed(context, SUBSCRIPTION, "subscriptions_live")).map((
      { object },
    ) => object.customer),
    ...await awaitingBank(context),
  ]);
  for (const customer of customers) await catchUp(context, customer);
}

/** Runs the due steps of all customers with a pending refund or dispute. */
export async function catchUpBanks(context: Context): Promise<void> {
  for (const customer of new Set(await awaitingBank(context))) {
    await catchUp(context, customer);
  }
}

async function awaitingBank(context: Context): Promise<string[]> {
  const refunds = await listed(context, REFUND, "refunds_moving");
  const disputes = await listed(context, DISPUTE, "disputes_moving");
  return [
    ...refunds.flatMap(({ object: { customer } }) =>
      typeof customer === "string" ? [customer] : []
    ),
    ...disputes.map(({ extra }) => extra.customer),
  ];
}

async function listed<T extends { id: string }, X>(
  { store }: Context,
  collection: Collection<T, X>,
  list: string,
): Promise<StoredObject<T, X>[]> {
  const range = { limit: MAX_CUSTOMERS, newestFirst: false };
  const found: StoredObject<T, X>[] = [];
  for (const { id } of await store.ids([list], range)) {
    const stored = await store.get(collection, id);
    if (stored !== null) found.push(stored);
  }
  return found;
}

/**
 * Advances a customer's time and runs the steps that fall due, in order. Each step is a
 * transaction; a call after a crash continues with the next step.
 *
 * @param toSec The customer's new time, in seconds since the epoch.
 * @throws {ApiError} 400 if that time is past, if the customer has a test clock, or for more than
 * 5,000 steps; completed steps are kept.
 */
export async function advanceCustomer(
  context: Context,
  customer: string,
  toSec: number,
): Promise<void> {
  await checkOwnTime(context, customer, toSec);
  await runTo(context, customer, toSec);
  await context.store.untilWritten(async (writes) => {
    const tx = await BillingTransaction.open(context, customer);
    const aheadSec = Math.max(aheadOf(tx), toSec - nowSec(context));
    tx.commit(writes, { aheadSec });
  });
}

async function checkOwnTime(context: Context, customer: string, toSec: number) {
  const tx = await BillingTransaction.open(context, customer);
  if ((await tx.customer()).test_clock !== null) {
    throw invalidRequest(
      "The time of a customer with a test clock is moved by that clock.",
    );
  }
  if (!Number.isSafeInteger(toSec) || toSec < tx.nowSec) {
    throw invalidRequest(
      `Time moves forward: it is ${tx.nowSec} for this customer, and cannot become ${toSec}.`,
    );
  }
}

/** Runs every step that falls due up to a time. */
export async function runTo(
  context: Context,
  customer: string,
  toSec: number,
): Promise<void> {
  for (let count = 0; count < MAX_STEPS; count++) {
    if (!await runStep(context, customer, toSec)) return;
  }
  throw invalidRequest(
    `More than ${MAX_STEPS} things would happen until then. Advance by less at a time.`,
  );
}

// The transaction that runs a step also selects it, so that concurrent calls run each step once.
function runStep(
  context: Context,
  customer: string,
  toSec: number,
): Promise<boolean> {
  return context.store.untilWritten(async (writes) => {
    const tx = await BillingTransaction.open(withoutRequest(context), customer);
    const step = await nextStep(tx);
    if (step === null || step.atSec > toSec) {
      tx.commit(writes, { quietUntilSec: step?.atSec ?? Infinity });
      return false;
    }
    tx.nowSec = step.atSec;
    await step.run(tx);
    const aheadSec = Math.max(aheadOf(tx), step.atSec - nowSec(context));
    tx.commit(writes, { aheadSec });
    return true;
  });
}

// Events of due steps belong to no request, even if a request has triggered them.
function withoutRequest(context: Context): Context {
  const { request: _request, ...rest } = context;
  return rest;
}

function aheadOf({ account }: BillingTransaction): number {
  return account.value?.aheadSec ?? 0;
}
