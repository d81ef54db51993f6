/** `deno task service-key`: creates, lists, revokes and rotates service keys. */
import { parseArgs } from "node:util";
import {
  createServiceKey,
  revokeServiceKey,
  rotateServiceKey,
} from "@/lib/auth/service_keys.ts";
import { type Config, loadConfig } from "@/lib/config/config.ts";
import type { Store } from "@/lib/store/mod.ts";
import { createStore, openKv } from "@/lib/store/mod.ts";
import {
  SERVICE_SCOPES,
  type ServiceKey,
  type ServiceScope,
} from "@/lib/store/service_keys.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { CommandError, runCommand } from "./run_command.ts";

const USAGE = `Usage:
  deno task service-key create --name NAME --scopes SCOPE,…
  deno task service-key list
  deno task service-key revoke svc_…
  deno task service-key rotate svc_…
Scopes: ${SERVICE_SCOPES.join(", ")}`;

/** The parts of the services that the commands use. */
export interface KeyServices {
  store: Store;
  config: Config;
  now: () => number;
}

/**
 * Runs one of the commands.
 *
 * @returns The lines to print.
 * @throws {CommandError} If the arguments are not valid.
 */
export async function manageServiceKeys(
  services: KeyServices,
  args: readonly string[],
): Promise<string[]> {
  const { command, id, name, scopes } = readArguments(args);
  switch (command) {
    case "create": {
      const request = { name: readName(name), scopes: readScopes(scopes) };
      return created(await createServiceKey(services, request));
    }
    case "list": {
      const keys = await services.store.listServiceKeys();
      if (keys.length === 0) return ["No service keys."];
      return keys.map((key) => describe(key, services.now()));
    }
    case "revoke":
      await revokeServiceKey(services, readId(id));
      return [`Revoked ${id}. It is refused from now on.`];
    case "rotate": {
      const { former, ...successor } = await rotateServiceKey(
        services,
        readId(id),
      );
      const until = toTime(former.expiresAtMs);
      return [...created(successor), `${id} stays valid until ${until}.`];
    }
    default:
      throw wrongArguments();
  }
}

function wrongArguments(problem?: string, cause?: unknown): CommandError {
  const text = problem === undefined ? USAGE : `${problem}\n${USAGE}`;
  return new CommandError(text, { cause });
}

function readArguments(args: readonly string[]) {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { name: { type: "string" }, scopes: { type: "string" } },
    });
    const [command, id, ...more] = positionals;
    if (more.length === 0) return { command, id, ...values };
  } catch (cause) {
    throw wrongArguments(
      cause instanceof Error ? cause.message : undefined,
      cause,
    );
  }
  throw wrongArguments();
}

function readName(name = ""): string {
  const trimmed = name.trim();
  if (trimmed !== "" && trimmed.length <= 80) return trimmed;
  throw wrongArguments("--name needs 1 to 80 characters.");
}

function readScopes(text = ""): ServiceScope[] {
  const names = text.split(",").map((name) => name.trim()).filter(Boolean);
  const scopes = SERVICE_SCOPES.filter((scope) => names.includes(scope));
  if (scopes.length > 0 && scopes.length === names.length) return scopes;
  throw wrongArguments("--scopes needs one or several of the scopes.");
}

function readId(id = ""): string {
  if (/^svc_[0-9a-f]{32}$/.test(id)) return id;
  throw wrongArguments("Name the key by its id, svc_….");
}

function created(
  { serviceKey, key }: { serviceKey: ServiceKey; key: string },
): string[] {
  return [
    `Created ${serviceKey.id} (${serviceKey.scopes.join(", ")}).`,
    "Copy the key now. It is not shown again:",
    key,
  ];
}

function describe(key: ServiceKey, nowMs: number): string {
  const { id, name, prefix, scopes, expiresAtMs } = key;
  const end = expiresAtMs === null
    ? ""
    : expiresAtMs <= nowMs
    ? ", expired"
    : `, valid until ${toTime(expiresAtMs)}`;
  return `${id} "${name}" ${prefix}… (${scopes.join(", ")}), ` +
    `created ${toTime(key.createdAtMs)}, ` +
    `last used ${toTime(key.lastUsedAtMs)}${end}`;
}

function toTime(timeMs: number | null): string {
  return timeMs === null ? "never" : new Date(timeMs).toISOString();
}

async function run(): Promise<number> {
  const config = loadConfig(Deno.env.toObject(), { isTerminal: true });
  const store = createStore(await openKv(config.kvPath), applyPosting);
  try {
    const services = { store, config, now: Date.now };
    const lines = await manageServiceKeys(services, Deno.args);
    lines.forEach((line) => console.log(line));
    return 0;
  } finally {
    store.close();
  }
}

if (import.meta.main) Deno.exit(await runCommand(run));
