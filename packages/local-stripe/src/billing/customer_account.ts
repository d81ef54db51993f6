import type { Context } from "../context.ts";
import { nowSec } from "../context.ts";
import { invalidRequest } from "../api/errors.ts";
import { CUSTOMER, TEST_CLOCK } from "../store/schema.ts";

/** What billing keeps of a customer beside its objects. */
export interface Account {
  /** How far the customer's time runs ahead of everybody's. A test clock takes its place. */
  aheadSec: number;
  /** Nothing falls due before this; 0 when that has to be looked up again. */
  quietUntilSec: number;
}

const EMPTY: Account = { aheadSec: 0, quietUntilSec: 0 };

/** A customer's account entry, and what time it is for the customer. */
export async function readAccount(
  context: Context,
  customerId: string,
): Promise<{ entry: Deno.KvEntryMaybe<Account>; nowSec: number }> {
  const entry = await context.store.read<Account>(["billing", customerId]);
  const { aheadSec } = entry.value ?? EMPTY;
  const frozen = await frozenTime(context, customerId);
  return { entry, nowSec: frozen ?? nowSec(context) + aheadSec };
}

/** What time it is for a customer, in seconds since the epoch. */
export async function customerNow(
  context: Context,
  customerId: string,
): Promise<number> {
  return (await readAccount(context, customerId)).nowSec;
}

/** Whether anything has ever been billed to a customer, or is to be. */
export async function hasBilling(
  { store }: Context,
  customerId: string,
): Promise<boolean> {
  return (await store.read<Account>(["billing", customerId])).value !== null;
}

/** The most customers of one test clock: they move on one after the other. */
export const CUSTOMERS_OF_CLOCK = 100;

/** @throws {ApiError} 400 when a test clock has no room for another customer. */
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
