import type { Telemetry } from "@/lib/telemetry.ts";
import { ORGANIZATION_FAMILIES } from "./keys.ts";

/** Returns Deno KV whose commits are spans. */
export function traceCommits(kv: Deno.Kv, telemetry: Telemetry): Deno.Kv {
  return new Proxy(kv, {
    get(target, name) {
      if (name === "atomic") return () => traced(target.atomic(), telemetry);
      const member = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

/**
 * A commit may serve many requests, so its organizations come from its keys,
 * not from the request that started it.
 */
function traced(
  operation: Deno.AtomicOperation,
  telemetry: Telemetry,
): Deno.AtomicOperation {
  const orgIds = new Set<string>();
  const { check, set, commit } = operation;
  return Object.assign(operation, {
    check(...checks: Deno.AtomicCheck[]) {
      for (const { key } of checks) noteOrganization(orgIds, key);
      return check.apply(operation, checks);
    },
    set(...write: Parameters<typeof set>) {
      noteOrganization(orgIds, write[0]);
      return set.apply(operation, write);
    },
    commit: () =>
      telemetry.span("kv.commit", organizationsOf(orgIds), async (span) => {
        const result = await commit.call(operation);
        if (!result.ok) span.setOutcome("conflict");
        return result;
      }),
  });
}

const FAMILIES: ReadonlySet<Deno.KvKeyPart> = new Set(ORGANIZATION_FAMILIES);

function noteOrganization(
  orgIds: Set<string>,
  [family, orgId]: Deno.KvKey,
): void {
  if (family === undefined || !FAMILIES.has(family)) return;
  if (typeof orgId === "string") orgIds.add(orgId);
}

function organizationsOf(orgIds: ReadonlySet<string>) {
  const [orgId] = orgIds;
  if (orgId === undefined) return {};
  return orgIds.size === 1
    ? { "portico.organization": orgId }
    : { "portico.organizations": [...orgIds] };
}
