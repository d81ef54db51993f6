/** `deno task organization`: manages one organization. */
import { parseArgs } from "node:util";
import { createServices } from "@/compose.ts";
import { ORGANIZATION_ID } from "@/lib/auth/session_claims.ts";
import { deleteOrganization } from "@/lib/billing/organization_deletion.ts";
import { exportOrganization } from "@/lib/billing/organization_export.ts";
import { noCustomer } from "@/lib/billing/customers.ts";
import { isKnownCustomer } from "@/lib/billing/missing_customer.ts";
import { loadConfig } from "@/lib/config/config.ts";
import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import { CommandError, runCommand } from "./run_command.ts";

const USAGE = `Usage:
  deno task organization show org_…
  deno task organization export org_… > organization.json
  deno task organization unlink org_… [--apply]
  deno task organization delete org_… [--apply]`;

/**
 * Runs one of the commands.
 *
 * @returns The text to print, in parts.
 * @throws {CommandError} If the arguments are not valid.
 * @throws {BillingError} `not_found` if there is nothing to export,
 * `no_stripe_customer` or `conflict` if there is nothing to unlink.
 */
export async function* manageOrganization(
  services: Services,
  args: readonly string[],
): AsyncGenerator<string> {
  const { command, orgId, apply } = readArguments(args);
  switch (command) {
    case "show":
      yield* show(services, orgId);
      return;
    case "export":
      yield* await exportOrganization(services, orgId);
      yield "\n";
      return;
    case "unlink":
      yield* unlink(services, orgId, apply);
      return;
    case "delete":
      yield* show(services, orgId);
      if (!apply) {
        yield "Nothing was changed. Export it first, then repeat with --apply " +
          "to cancel its subscriptions and erase all of this.\n";
        return;
      }
      await deleteOrganization(services, orgId);
      yield `Deleted ${orgId}. Its Stripe customer and invoices stay.\n`;
      return;
    default:
      throw new CommandError(USAGE);
  }
}

function readArguments(args: readonly string[]) {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { apply: { type: "boolean", default: false } },
    });
    const [command, orgId = "", ...more] = positionals;
    if (more.length === 0 && ORGANIZATION_ID.test(orgId)) {
      return { command, orgId, ...values };
    }
  } catch (cause) {
    throw new CommandError(USAGE, { cause });
  }
  throw new CommandError(USAGE);
}

async function* show(
  { store, now }: Services,
  orgId: string,
): AsyncGenerator<string> {
  const deletion = await store.readDeletion(orgId);
  const { customer, subscription } = await store.readBilling(orgId, now());
  const { granted, purchased, entries } = await store.readWallet(orgId);
  const keys = await store.listApiKeys(orgId);
  const { plan, status, id } = subscription ?? {};
  const lines: [name: string, value: string][] = [
    ["organization", orgId],
    ["deleted", describeDeletion(deletion)],
    ["customer", customer?.stripeCustomerId ?? "none"],
    ["subscription", subscription ? `${id} (${plan}, ${status})` : "none"],
    ["tokens", `${granted} granted, ${purchased} purchased`],
    ["ledger", `${entries} entries`],
    ["API keys", `${keys.length}`],
  ];
  for (const [name, value] of lines) yield `${name.padEnd(14)}${value}\n`;
}

/** Removes the link to a customer that Stripe does not have, not even deleted. */
async function* unlink(
  services: Services,
  orgId: string,
  apply: boolean,
): AsyncGenerator<string> {
  const { store, log } = services;
  const customer = await store.readCustomer(orgId);
  if (customer === null) throw noCustomer(orgId);
  const { stripeCustomerId } = customer;
  if (await isKnownCustomer(services, stripeCustomerId)) {
    throw new BillingError(
      "conflict",
      `Stripe has ${stripeCustomerId}: a sync removes the link if it is deleted`,
    );
  }
  yield* show(services, orgId);
  if (!apply) {
    yield "Nothing was changed. Check that STRIPE_SECRET_KEY is the right " +
      "one, then repeat with --apply to remove the customer and the " +
      "subscription from the store.\n";
    return;
  }
  await store.forgetCustomer(orgId, customer);
  log.warn("customer unlinked by the operator", { orgId, stripeCustomerId });
  yield `Unlinked ${stripeCustomerId}. Nothing was changed at Stripe.\n`;
}

function describeDeletion(
  deletion: { requestedAtMs: number; completedAtMs: number | null } | null,
): string {
  if (deletion === null) return "no";
  const { requestedAtMs, completedAtMs } = deletion;
  return completedAtMs === null
    ? `unfinished since ${new Date(requestedAtMs).toISOString()}: repeat it`
    : new Date(completedAtMs).toISOString();
}

async function run(): Promise<number> {
  const config = loadConfig(Deno.env.toObject(), { isTerminal: true });
  const { services } = await createServices(config);
  const encoder = new TextEncoder();
  try {
    for await (const text of manageOrganization(services, Deno.args)) {
      const rest = encoder.encode(text);
      for (let at = 0; at < rest.length;) {
        at += await Deno.stdout.write(rest.subarray(at));
      }
    }
    return 0;
  } finally {
    services.store.close();
  }
}

if (import.meta.main) Deno.exit(await runCommand(run));
