import { isLoopback } from "@/lib/config/addresses.ts";
import { BillingError } from "@/lib/errors.ts";
import type { SandboxEvents } from "@/lib/sandbox.ts";
import type { Services } from "@/lib/services.ts";

/**
 * Returns the sandbox's webhook console.
 *
 * @throws {BillingError} `not_found` unless {@linkcode hasSandboxPage}.
 */
export function requireSandboxEvents(
  { config, sandbox }: Pick<Services, "config" | "sandbox">,
): SandboxEvents {
  const events = sandbox?.events;
  if (events && hasSandboxPage({ config, sandbox })) return events;
  throw new BillingError("not_found", "Not found");
}

/**
 * Reports whether the sandbox console is available: only while the local Stripe
 * runs in this process and the app's URL is a loopback address.
 */
export function hasSandboxPage(
  { config, sandbox }: Pick<Services, "config" | "sandbox">,
): boolean {
  return Boolean(sandbox?.events) && isLoopback(config.appUrl);
}

/**
 * Reads a form field that must have one of the given values.
 *
 * @throws {BillingError} `validation_error` for any other value.
 */
export function readChoice<const Choice extends string>(
  form: URLSearchParams,
  name: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((choice) => choice === form.get(name));
  if (choice !== undefined) return choice;
  throw new BillingError("validation_error", "Invalid choice");
}
