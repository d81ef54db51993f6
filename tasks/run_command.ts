import { UnknownCustomerError } from "@/lib/billing/missing_customer.ts";
import { ConfigError } from "@/lib/config/config.ts";
import { BillingError } from "@/lib/errors.ts";

/** A failure that the operator can fix, as its message says. */
export class CommandError extends Error {
  override name = "CommandError";
}

/**
 * Runs an operator's command. Prints the message of an error that
 * the operator can fix instead of a stack trace.
 *
 * @returns The process's exit code.
 */
export async function runCommand(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    const isClear = error instanceof ConfigError ||
      error instanceof CommandError || error instanceof BillingError ||
      error instanceof UnknownCustomerError;
    if (!isClear) throw error;
    console.error(error.message);
    return 1;
  }
}
