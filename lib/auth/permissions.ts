import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { ServiceScope } from "@/lib/store/service_keys.ts";
import { ORGANIZATION_HEADER } from "./page_organization.ts";
import type {
  Principal,
  ServiceKeyPrincipal,
  SessionPrincipal,
} from "./principal.ts";

/**
 * Returns the principal's organization. It comes only from the session token,
 * the API key, or the header of a service key's call, never from a body.
 *
 * @throws {BillingError} `validation_error` without an organization.
 */
export function requireOrganization(principal: Principal): string {
  if (principal.orgId !== null) return principal.orgId;
  if (principal.kind === "service_key") {
    throw new BillingError(
      "validation_error",
      `Name the organization in the header ${ORGANIZATION_HEADER}: org_…`,
    );
  }
  throw new BillingError("validation_error", "Organization ID is required", {
    reason: "no_organization",
  });
}

/**
 * Returns the organization whose billing the principal may read: all members
 * may, and API keys with `billing:read` or `billing:manage`.
 *
 * @throws {BillingError} `validation_error` without an organization,
 * `forbidden` for an API key without the scope.
 */
export function requireReader(principal: Principal): string {
  const orgId = requireOrganization(principal);
  if (principal.kind === "session") return orgId;
  requireScope(principal.scopes, ["billing:read", "billing:manage"]);
  return orgId;
}

/**
 * Returns the organization whose billing the principal may manage.
 *
 * @throws {BillingError} `validation_error` without an organization,
 * `forbidden` without a role of `BILLING_ROLES`, or for an API key without
 * `billing:manage`.
 */
export function requireBillingRole(
  services: Pick<Services, "config">,
  principal: Principal,
): string {
  const orgId = requireOrganization(principal);
  if (principal.kind !== "session") {
    requireScope(principal.scopes, ["billing:manage"]);
  } else if (!mayManageBilling(services, principal)) {
    throw new BillingError("forbidden", "Your role cannot manage billing");
  }
  return orgId;
}

/**
 * Returns the organization whose wallet the principal may charge: an admin's,
 * that of a role listed in `BILLING_ROLES`, or that of a key with `usage:write`.
 *
 * @throws {BillingError} `validation_error` without an organization,
 * `forbidden` for other roles and keys.
 */
export function requireUsageWriter(
  { config }: Pick<Services, "config">,
  principal: Principal,
): string {
  const orgId = requireOrganization(principal);
  if (principal.kind !== "session") {
    requireScope(principal.scopes, ["usage:write"]);
  } else if (!isCharger(principal.role, config.billingRoles)) {
    throw new BillingError("forbidden", "Your role cannot charge the wallet");
  }
  return orgId;
}

/** Unlike the portal, a charge needs a role even if any member may pay. */
function isCharger(
  role: string | null,
  billingRoles: ReadonlySet<string> | null,
): boolean {
  if (role === null) return false;
  return role === "org:admin" || (billingRoles?.has(role) ?? false);
}

/**
 * Reports whether the principal may open the portal and check out. Members
 * need a role of `BILLING_ROLES`, if that is set, and API keys the scope
 * `billing:manage`.
 */
export function mayManageBilling(
  services: Pick<Services, "config">,
  principal: Principal,
): boolean {
  if (principal.orgId === null) return false;
  if (principal.kind !== "session") {
    return principal.scopes.includes("billing:manage");
  }
  const { billingRoles } = services.config;
  if (billingRoles === null) return true;
  return principal.role !== null && billingRoles.has(principal.role);
}

/**
 * Reports whether the principal gets links to invoice documents. Sessions need
 * a role of `BILLING_ROLES`; every key that may read billing gets them.
 */
export function mayReadDocuments(
  services: Pick<Services, "config">,
  principal: Principal,
): boolean {
  return principal.kind !== "session" || mayManageBilling(services, principal);
}

/**
 * Returns the person, if they may manage the organization's API keys. API keys
 * may not, whatever their scopes: a leaked key could otherwise create others
 * that survive its revocation.
 *
 * @throws {BillingError} As {@linkcode requireBillingRole}; `forbidden` for
 * all API keys.
 */
export function requireKeyManager(
  services: Pick<Services, "config">,
  principal: Principal,
): SessionPrincipal & { orgId: string } {
  if (principal.kind !== "session") {
    throw new BillingError("forbidden", "API keys cannot manage API keys");
  }
  return { ...principal, orgId: requireBillingRole(services, principal) };
}

/**
 * Returns the service key, if it may change and delete organizations. Sessions
 * and API keys may not.
 *
 * @throws {BillingError} `forbidden`
 */
export function requireOrganizationWriter(
  _services: unknown,
  principal: Principal,
): ServiceKeyPrincipal {
  if (principal.kind !== "service_key") {
    throw new BillingError("forbidden", "This endpoint requires a service key");
  }
  requireScope(principal.scopes, ["organizations:write"]);
  return principal;
}

/**
 * Requires a key to have at least one of the sufficient scopes.
 *
 * @throws {BillingError} `forbidden`, naming the sufficient scopes.
 */
function requireScope(
  scopes: readonly ServiceScope[],
  sufficient: readonly ServiceScope[],
): void {
  if (sufficient.some((scope) => scopes.includes(scope))) return;
  throw new BillingError(
    "forbidden",
    `The key lacks the required scope: ${sufficient.join(" or ")}`,
  );
}
