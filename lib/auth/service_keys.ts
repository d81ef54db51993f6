import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { ServiceKey, ServiceScope } from "@/lib/store/service_keys.ts";
import {
  displayPrefix,
  generateServiceKey,
  isWellFormedServiceKey,
  keyModeOf,
} from "./api_key_format.ts";
import { digestOf } from "./digest.ts";
import { recordKeyUse, refuseKey } from "./key_use.ts";
import type { ServiceKeyPrincipal } from "./principal.ts";
import { ORGANIZATION_ID } from "./session_claims.ts";

/** A new service key. `key` is the secret, which is not stored. */
export interface CreatedServiceKey {
  serviceKey: ServiceKey;
  key: string;
}

type CreationServices = Pick<Services, "store" | "config" | "now">;

/** Creates a service key. Only its digest is stored, so it is shown once. */
export async function createServiceKey(
  services: CreationServices,
  request: { name: string; scopes: readonly ServiceScope[] },
): Promise<CreatedServiceKey> {
  const created = newServiceKey(services, request);
  const digest = await digestOf(created.key);
  await services.store.addServiceKey(digest, created.serviceKey);
  return created;
}

/** How long a rotated key stays valid beside its successor. */
const OVERLAP_MS = 24 * 60 * 60 * 1000;

/**
 * Creates the successor of a service key, with its name and scopes. The former
 * key stays valid for 24 hours.
 *
 * @throws {BillingError} `not_found` for an unknown key, `conflict` for a key
 * that has a successor.
 */
export async function rotateServiceKey(
  services: CreationServices,
  id: string,
): Promise<CreatedServiceKey & { former: ServiceKey }> {
  const { store, now } = services;
  const keys = await store.listServiceKeys();
  const current = keys.find((serviceKey) => serviceKey.id === id);
  if (current === undefined) throw notFound();
  const created = newServiceKey(services, current);
  const former = { ...current, expiresAtMs: now() + OVERLAP_MS };
  const digest = await digestOf(created.key);
  const successor = { digest, serviceKey: created.serviceKey };
  if (await store.replaceServiceKey(former, successor)) {
    return { ...created, former };
  }
  throw new BillingError(
    "conflict",
    "Cannot rotate the service key: it was rotated or changed meanwhile",
  );
}

/**
 * Revokes a service key. All processes refuse it from their next request on.
 *
 * @throws {BillingError} `not_found`
 */
export async function revokeServiceKey(
  { store }: Pick<Services, "store">,
  id: string,
): Promise<void> {
  if (!await store.removeServiceKey(id)) throw notFound();
}

function notFound(): BillingError {
  return new BillingError("not_found", "Service key not found");
}

function newServiceKey(
  { config, now }: CreationServices,
  { name, scopes }: Pick<ServiceKey, "name" | "scopes">,
): CreatedServiceKey {
  const key = generateServiceKey(keyModeOf(config));
  const serviceKey: ServiceKey = {
    id: `svc_${crypto.randomUUID().replaceAll("-", "")}`,
    name,
    prefix: displayPrefix(key),
    scopes,
    createdAtMs: now(),
    lastUsedAtMs: null,
    expiresAtMs: null,
  };
  return { serviceKey, key };
}

type AuthenticationServices = Pick<
  Services,
  "store" | "config" | "log" | "now" | "background"
>;

/**
 * Authenticates a service key, as {@linkcode authenticateApiKey} does an API
 * key. The organization comes from the call's header.
 *
 * @param organization The value of {@linkcode ORGANIZATION_HEADER}.
 * @throws {BillingError} `unauthorized` if the key is malformed, unknown,
 * expired or revoked. The reason is logged, the key is not.
 */
export async function authenticateServiceKey(
  services: AuthenticationServices,
  key: string,
  organization: string | null,
): Promise<ServiceKeyPrincipal> {
  const { store, config, log, now } = services;
  if (!isWellFormedServiceKey(key, keyModeOf(config))) {
    throw refuseKey(log, "service key", "malformed");
  }
  const digest = await digestOf(key);
  const found = await store.findServiceKey(digest);
  if (found === null) throw refuseKey(log, "service key", "unknown");
  const { id, scopes, prefix, lastUsedAtMs, expiresAtMs } = found.serviceKey;
  if (expiresAtMs !== null && now() >= expiresAtMs) {
    throw refuseKey(log, "service key", "expired");
  }
  recordKeyUse(
    services,
    { kind: "service key", id, lastUsedAtMs },
    (usedAtMs) => store.recordServiceKeyUse(digest, found, usedAtMs),
  );
  const isValid = organization !== null && ORGANIZATION_ID.test(organization);
  return {
    kind: "service_key",
    serviceKeyId: id,
    // Checked with the permission, so that the call counts against the key.
    orgId: isValid ? organization : null,
    scopes,
    prefix,
  };
}
