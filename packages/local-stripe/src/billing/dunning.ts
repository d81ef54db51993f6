import type { Context } from "../context.ts";

/** The retry settings for failed renewals, which Stripe has in its dashboard. */
interface Dunning {
  /** Days before each retry. */
  retryAfterDays: number[];
  /** The status of the subscription after the last retry fails. */
  onFinalFailure: "cancel" | "unpaid" | "past_due";
}

const DEFAULT: Dunning = {
  retryAfterDays: [3, 5, 7],
  onFinalFailure: "cancel",
};
const MAX_RETRIES = 8;
const KEY = ["billing_settings", "dunning"];

export async function readDunning({ store }: Context): Promise<Dunning> {
  return (await store.read<Dunning>(KEY)).value ?? DEFAULT;
}

/**
 * Changes the retry settings.
 *
 * @throws {RangeError} For more than 8 retries, or days outside 1 to 60.
 */
export async function setDunning(
  { store }: Context,
  dunning: Dunning,
): Promise<void> {
  const { retryAfterDays: days } = dunning;
  const fits = (day: number) => Number.isInteger(day) && day >= 1 && day <= 60;
  if (days.length > MAX_RETRIES || !days.every(fits)) {
    throw new RangeError(
      `Cannot retry after ${
        days.join(", ")
      } days: expected at most ${MAX_RETRIES} times 1 to 60`,
    );
  }
  await store.untilWritten(async (writes) => {
    writes.set(await store.read<Dunning>(KEY), dunning);
  });
}
