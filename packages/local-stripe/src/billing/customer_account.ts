import type { Context } from "../context.ts";
import { nowSec } from "../context.ts";
import { invalidRequest } from "../api/errors.ts";
import { CUSTOMER, TEST_CLOCK } from "../store/schema.ts";

/** The billing state of a customer that is not part of an API object. */
export interface Account {
  /** How far the customer's time is ahead of the server's. Ignored with a test clock. */
  aheadSec: number;
  /** No step falls due before this time; 0 if unknown. */
  quietUntilSec: number;
}

const EMPTY: Account = { aheadSec: 0, quietUntilSec: 0 };

/** Reads a customer's account entry and current time. */
export async function readAccount(
  context: Context,
  customerId: string,
): Promise<{ entry: Deno.KvEntryMaybe<Account>; nowSec: number }> {
  const entry = await context.store.read<Account>(["billing", customerId]);
  const { aheadSec } = entry.value ?? EMPTY;
  const frozen = await frozenTime(context, customerId);
  return { entry, nowSec: frozen ?? nowSec(context) + aheadSec };
}

/** A customer's current time, in seconds since the epoch. */
export async function customerNow(
  context: Context,
  customerId: string,
): Promise<number> {
  return (await readAccount(context, customerId)).nowSec;
}

/** Whether a customer has ever been billed. */
export async function hasBilling(
  { store }: Context,
  customerId: string,
): Promise<boolean> {
  return (await store.read<Account>(["billing", customerId])).value !== null;
}

/** The most customers of a test clock. It advances them one by one. */
export const CUSTOMERS_OF_CLOCK = 100;

/** @throws {ApiError} 400 if a test clock has the most customers already. */
export async function checkRoom(
  { store }: Context,
  clock: string,
): Promise<void> {
  const list = ["customers_by_clock", clock];
  const range = { limit: CUSTOMERS_OF_CLOCK, newestFirst: false };
  if ((await store.ids(list, range)).length < CUSTOMERS_OF_CLOCK) return;
  throw invalidRequest(
    `A test clock can have up to ${CUSTOMERS_OF_CLOCK} customers here.`,
    { param: "test_clock" },
  );
}

async function frozenTime(
  context: Context,
  customerId: string,
): Promise<number | null> {
  const customer = await context.store.get(CUSTOMER, customerId);
  const clock = customer?.object.test_clock;
  if (typeof clock !== "string") return null;
  return (await context.store.get(TEST_CLOCK, clock))?.object.frozen_time ??
    null;
}
