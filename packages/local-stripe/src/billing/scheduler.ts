import { type Context, nowSec } from "../context.ts";
import { invalidRequest } from "../api/errors.ts";
import type { Collection, StoredObject } from "../store/collections.ts";
import { readAccount } from "./customer_account.ts";
import { BillingTransaction } from "./transaction.ts";
import { nextStep } from "./due_steps.ts";
import { DISPUTE, REFUND, SUBSCRIPTION } from "../store/schema.ts";

/** The most steps that one call makes; a daily price over five years has fewer. */
const MAX_STEPS = 5_000;
const MAX_CUSTOMERS = 1_000;

/**
 * Does what has fallen due for a customer since it was last looked at. Called before anything of
 * its billing is read or changed, it makes up for there being no process that waits.
 */
export async function catchUp(
  context: Context,
  customer: string,
): Promise<void> {
  const { entry, nowSec } = await readAccount(context, customer);
  // Without an entry there has never been anything to bill.
  if (entry.value === null || nowSec < entry.value.quietUntilSec) return;
  await runTo(context, customer, nowSec);
}

/** Does what has fallen due for everybody who has a subscription, or waits for a bank. */
export async function catchUpAll(context: Context): Promise<void> {
  const customers = new Set([
    ...(await listed(context, SUBSCRIPTION, "subscriptions_live"))
      .map(({ object }) => object.customer),
    ...await awaitingBank(context),
  ]);
  for (const customer of customers) await catchUp(context, customer);
}

/** Does what has fallen due for everybody with a refund or a dispute that a bank has yet to end. */
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
  const rows: StoredObject<T, X>[] = [];
  for (const { id } of await store.ids([list], range)) {
    const stored = await store.get(collection, id);
    if (stored !== null) rows.push(stored);
  }
  return rows;
}

/**
 * Moves one customer's time on, and does all that falls due until then, in order. Each step is one
 * transaction; called again after a crash half-way it goes on where that was.
 *
 * @param toSec The customer's own time to be reached, in seconds since the epoch.
 * @throws {ApiError} 400 when that has passed already, when the customer has a test clock, or
 * when more than 5,000 things would happen on the way: those that did stay done.
 */
export async function advanceCustomer(
  context: Context,
  customer: string,
  toSec: number,
): Promise<void> {
  await checkOwnTime(context, customer, toSec);
  await runTo(context, customer, toSec);
  await context.store.untilWritten(async (writes) => {
    const transaction = await BillingTransaction.open(context, customer);
    const aheadSec = Math.max(aheadOf(transaction), toSec - nowSec(context));
    transaction.commit(writes, { aheadSec });
  });
}

async function checkOwnTime(
  context: Context,
  customer: string,
  toSec: number,
): Promise<void> {
  const transaction = await BillingTransaction.open(context, customer);
  if ((await transaction.customer()).test_clock !== null) {
    throw invalidRequest(
      "The time of a customer with a test clock is moved by that clock.",
    );
  }
  if (!Number.isSafeInteger(toSec) || toSec < transaction.nowSec) {
    throw invalidRequest(
      `Time moves forward: it is ${transaction.nowSec} for this customer, and cannot become ${toSec}.`,
    );
  }
}

/** Makes every step that is due up to a time. */
export async function runTo(
  context: Context,
  customer: string,
  toSec: number,
): Promise<void> {
  for (let made = 0; made < MAX_STEPS; made++) {
    if (!await makeStep(context, customer, toSec)) return;
  }
  throw invalidRequest(
    `More than ${MAX_STEPS} things would happen until then. Advance by less at a time.`,
  );
}

// Which step it is gets decided in the transaction that makes it: two that race make each once.
function makeStep(
  context: Context,
  customer: string,
  toSec: number,
): Promise<boolean> {
  return context.store.untilWritten(async (writes) => {
    const transaction = await BillingTransaction.open(
      automatic(context),
      customer,
    );
    const step = await nextStep(transaction);
    if (step === null || step.atSec > toSec) {
      transaction.commit(writes, { quietUntilSec: step?.atSec ?? Infinity });
      return false;
    }
    transaction.nowSec = step.atSec;
    await step.run(transaction);
    const aheadSec = Math.max(
      aheadOf(transaction),
      step.atSec - nowSec(context),
    );
    transaction.commit(writes, { aheadSec });
    return true;
  });
}

// Nobody asked for what happens by itself, whichever request found it due.
function automatic(context: Context): Context {
  const { request: _request, ...rest } = context;
  return rest;
}

function aheadOf({ account }: BillingTransaction): number {
  return account.value?.aheadSec ?? 0;
}
