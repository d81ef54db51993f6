import {
  displayPrefix,
  generateApiKey,
  isWellFormedApiKey,
  type KeyMode,
} from "./api_key_format.ts";
import type { Config } from "@/lib/config/config.ts";
import { digestOf } from "./digest.ts";
import { BillingError } from "@/lib/errors.ts";
import type { Log } from "@/lib/log.ts";
import type { NewApiKey, Scope } from "@/lib/http/schemas/api_keys.ts";
import type { Services } from "@/lib/services.ts";
import {
  type ApiKey,
  MAX_API_KEYS,
  type StoredApiKey,
} from "@/lib/store/api_keys.ts";

/** A program that calls, by an API key of an organization. */
export interface KeyPrincipal {
  kind: "api_key";
  /** `key_…` */
  credentialId: string;
  orgId: string;
  scopes: readonly Scope[];
  /** The first characters of the key; may be logged and shown. */
  prefix: string;
}

/** A key that was just made. `key` is shown now or never. */
export interface CreatedApiKey {
  credential: ApiKey;
  key: string;
}

/** Which key is made, for whom. */
export type ApiKeyRequest = NewApiKey & {
  orgId: string;
  createdBy: string;
};

/**
 * Makes an API key for an organization. Only its digest is stored, so what is
 * returned is the one chance to see it.
 *
 * @throws {BillingError} `conflict` if the organization has 20.
 * @see The HTTP contract, "API keys".
 */
export async function createApiKey(
  services: MakingServices,
  wanted: ApiKeyRequest,
): Promise<CreatedApiKey> {
  const { added: _, ...made } = await addNew(services, wanted);
  return made;
}

/** A key that a form asked for, or that it has made before. */
export type KeyFromForm =
  /** `replaced`: it came twice at once, and only this key counts. */
  | (CreatedApiKey & { kind: "made"; replaced: boolean })
  | { kind: "made_before"; id: string };

/**
 * Makes a key as {@linkcode createApiKey} does, but one for each form, as
 * a browser sends a form again when its answer is reloaded. What the form has
 * made cannot be shown a second time: it is only named. Of a form that is sent
 * twice within ten seconds, which is a double click, the last key counts, as
 * its answer is the one that is seen; unless the first was used by then.
 *
 * @param form Stands for the form and what is in it; known for 30 days.
 * @throws {BillingError} `conflict` if the organization has 20.
 */
export async function createApiKeyOnce(
  services: MakingServices,
  form: string,
  wanted: ApiKeyRequest,
): Promise<KeyFromForm> {
  const { added, ...made } = await addNew(services, wanted, form);
  return added.kind === "repeated"
    ? { kind: "made_before", id: added.id }
    : { kind: "made", replaced: added.replaced, ...made };
}

/** What it takes to make a key. */
type MakingServices = Pick<Services, "store" | "config" | "now">;

async function addNew(
  { store, config, now }: MakingServices,
  { orgId, createdBy, name, scopes }: ApiKeyRequest,
  form?: string,
) {
  const key = generateApiKey(modeOf(config));
  const credential: ApiKey = {
    id: `key_${crypto.randomUUID().replaceAll("-", "")}`,
    orgId,
    name,
    prefix: displayPrefix(key),
    scopes,
    createdBy,
    createdAtMs: now(),
    lastUsedAtMs: null,
  };
  // At 192 random bits a digest needs no salt.
  const added = await store.addApiKey(
    await digestOf(key),
    credential,
    form,
  );
  if (added.kind !== "full") return { credential, key, added };
  throw new BillingError(
    "conflict",
    `Cannot make an API key: the organization has ${MAX_API_KEYS}. ` +
      "Revoke one first",
  );
}

/**
 * Revokes a key. From the next request on it counts no longer, in whatever
 * process: each asks the store.
 *
 * @throws {BillingError} `not_found` if the organization has no such key.
 */
export async function revokeApiKey(
  { store }: Pick<Services, "store">,
  orgId: string,
  id: string,
): Promise<void> {
  if (await store.removeApiKey(orgId, id)) return;
  throw new BillingError("not_found", "There is no such API key");
}

/**
 * Whom an API key stands for: its text is checked first, then the store is
 * asked, with one read.
 *
 * @throws {BillingError} `unauthorized` for a key that is not right, not
 * known or revoked; why goes to the log as a code, the key goes nowhere.
 */
export async function authenticateApiKey(
  services: ApiKeyServices,
  key: string,
): Promise<KeyPrincipal> {
  const { store, config, log } = services;
  if (!isWellFormedApiKey(key, modeOf(config))) throw refused(log, "malformed");
  const digest = await digestOf(key);
  const found = await store.findApiKey(digest);
  if (found === null) throw refused(log, "unknown");
  noteUse(services, digest, found);
  const { id, orgId, scopes, prefix } = found.credential;
  return { kind: "api_key", credentialId: id, orgId, scopes, prefix };
}

/** What {@linkcode authenticateApiKey} needs of the services. */
export type ApiKeyServices = Pick<
  Services,
  "store" | "config" | "log" | "now" | "background"
>;

/** Live money has keys of its own; everything else is a test. */
function modeOf({ stripe }: Config): KeyMode {
  return stripe.mode === "live" ? "live" : "test";
}

function refused(log: Log, reason: "malformed" | "unknown"): BillingError {
  log.debug("API key refused", { reason });
  return new BillingError("unauthorized", "Authentication required");
}

/** When a key was used is kept this exactly; the contract of the page. */
const NOTE_EVERY_MS = 60_000;

/** Nobody waits for it: an answer is not later for being counted. */
function noteUse(
  { store, background, now }: ApiKeyServices,
  digest: string,
  found: StoredApiKey,
): void {
  const usedAtMs = now();
  const { id, lastUsedAtMs } = found.credential;
  if (lastUsedAtMs !== null && usedAtMs - lastUsedAtMs < NOTE_EVERY_MS) return;
  background.run(
    `noting that ${id} was used`,
    () => store.recordApiKeyUse(digest, found, usedAtMs),
  );
}

/** A key as the API shows it. */
export function showApiKey(credential: ApiKey) {
  const { id, name, prefix, scopes, createdAtMs, lastUsedAtMs } = credential;
  return {
    id,
    name,
    prefix,
    scopes,
    created_at: new Date(createdAtMs).toISOString(),
    last_used_at: lastUsedAtMs === null
      ? null
      : new Date(lastUsedAtMs).toISOString(),
  };
}
