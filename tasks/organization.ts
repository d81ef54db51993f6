/** `deno task organization`: shows, exports and deletes one organization. */
import { parseArgs } from "node:util";
import { createServices } from "@/compose.ts";
import { ORGANIZATION_ID } from "@/lib/auth/session_claims.ts";
import { deleteOrganization } from "@/lib/billing/organization_deletion.ts";
import { exportOrganization } from "@/lib/billing/organization_export.ts";
import { loadConfig } from "@/lib/config/config.ts";
import type { Services } from "@/lib/services.ts";
import { CommandError, runCommand } from "./run_command.ts";

const USAGE = `Usage:
  deno task organization show org_…
  deno task organization export org_… > organization.json
  deno task organization delete org_… [--apply]`;

/**
 * Runs one of the commands.
 *
 * @returns The text to print, in parts.
 * @throws {CommandError} If the arguments are not valid.
 * @throws {BillingError} `not_found` if there is nothing to export.
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
