import type { Books } from "./books.ts";
import { type Switch, switchItems } from "./changing.ts";
import { findSubscription } from "./prices.ts";
import { endTrial, type SubscriptionRow } from "./renewing.ts";

/** A change of items that may end a trial, as the portal's does. */
export interface TrialSwitch extends Switch {
  /** Whether a trial is over with the change; without a trial it says nothing. */
  endTrial?: boolean;
}

/**
 * Changes what a subscription is to. Where that ends its trial, the first paid period begins now:
 * it is billed in full, and nothing is prorated for what was left of the trial.
 *
 * @throws {StripeProblem} As `switchItems` does.
 */
export async function changeItems(
  books: Books,
  row: SubscriptionRow,
  wish: TrialSwitch,
): Promise<void> {
  await switchItems(books, row, wish);
  if (!wish.endTrial || row.object.status !== "trialing") return;
  const changed = await findSubscription(books, row.object.id);
  await endTrial(books, changed ?? row, { billNow: true });
}
