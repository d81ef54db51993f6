import { BillingError } from "@/lib/errors.ts";
import type { Principal, SessionPrincipal } from "./authenticate.ts";
import type { Scope } from "@/lib/http/schemas/api_keys.ts";
import type { Services } from "@/lib/services.ts";

/**
 * The organization that the principal acts for. It comes from the token or
 * the key alone, never from a URL or a body.
 *
 * @throws {BillingError} `validation_error` when there is none.
 */
export function requireOrganization(principal: Principal): string {
  if (principal.orgId !== null) return principal.orgId;
  throw new BillingError("validation_error", "Organization ID is required", {
    reason: "no_organization",
  });
}

/**
 * The organization whose billing the principal may look at: any member's own,
 * or that of a key with `billing:read` or `billing:manage`.
 *
 * @throws {BillingError} `validation_error` without an organization,
 * `forbidden` for a key without the scope.
 */
export function requireReader(principal: Principal): string {
  const orgId = requireOrganization(principal);
  if (principal.kind === "session") return orgId;
  requireScope(principal.scopes, ["billing:read", "billing:manage"]);
  return orgId;
}

/**
 * The organization whose billing the principal may manage.
 *
 * @throws {BillingError} `validation_error` without an organization,
 * `forbidden` without a role of `BILLING_ROLES`, or for a key without
 * `billing:manage`.
 */
export function requireBillingRole(
  services: Pick<Services, "config">,
  principal: Principal,
): string {
  const orgId = requireOrganization(principal);
  if (principal.kind === "api_key") {
    requireScope(principal.scopes, ["billing:manage"]);
  } else if (!mayManageBilling(services, principal)) {
    throw new BillingError("forbidden", "Your role may not manage billing");
  }
  return orgId;
}

/**
 * Returns the organization whose wallet the principal may charge: an admin's,
 * or that of a key with `usage:write`.
 *
 * @throws {BillingError} `validation_error` without an organization,
 * `forbidden` for other roles and keys.
 * @see The HTTP contract, POST /api/v1/billing/charges.
 */
export function requireUsageWriter(principal: Principal): string {
  const orgId = requireOrganization(principal);
  if (principal.kind === "api_key") {
    requireScope(principal.scopes, ["usage:write"]);
  } else if (principal.role !== "org:admin") {
    throw new BillingError("forbidden", "Only an admin may charge the wallet");
  }
  return orgId;
}

/**
 * Whether the principal may open the portal, check out or manage keys: any
 * member of an organization, or those with a role of `BILLING_ROLES`. A key
 * may do the first two with `billing:manage`.
 */
export function mayManageBilling(
  services: Pick<Services, "config">,
  principal: Principal,
): boolean {
  if (principal.orgId === null) return false;
  if (principal.kind === "api_key") {
    return principal.scopes.includes("billing:manage");
  }
  const { billingRoles } = services.config;
  if (billingRoles === null) return true;
  return principal.role !== null && billingRoles.has(principal.role);
}

/**
 * The person who may manage the organization's API keys. Keys may not,
 * whatever their scopes: one that leaked could make others that outlive it.
 *
 * @throws {BillingError} As {@linkcode requireBillingRole}; `forbidden` for
 * any key.
 */
export function requireKeyManager(
  services: Pick<Services, "config">,
  principal: Principal,
): SessionPrincipal & { orgId: string } {
  if (principal.kind === "api_key") {
    throw new BillingError("forbidden", "API keys cannot manage API keys");
  }
  return { ...principal, orgId: requireBillingRole(services, principal) };
}

/**
 * Lets a key pass that has one of the scopes.
 *
 * @throws {BillingError} `forbidden`, naming what would do.
 */
export function requireScope(
  scopes: readonly Scope[],
  sufficient: readonly Scope[],
): void {
  if (sufficient.some((scope) => scopes.includes(scope))) return;
  throw new BillingError(
    "forbidden",
    `The API key has no scope for this: it needs ${sufficient.join(" or ")}`,
  );
}
