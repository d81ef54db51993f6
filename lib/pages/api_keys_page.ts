import {
  CannotRotateError,
  changeApiKey,
  createApiKeyOnce,
  rotateApiKey,
} from "@/lib/auth/api_keys.ts";
import { digestOf } from "@/lib/auth/digest.ts";
import { requireKeyManager } from "@/lib/auth/permissions.ts";
import { actorOf } from "@/lib/auth/principal.ts";
import { BillingError } from "@/lib/errors.ts";
import { newApiKeySchema } from "@/lib/http/schemas/api_keys.ts";
import { parse } from "@/lib/http/schemas/requests.ts";
import type { Services } from "@/lib/services.ts";
import type { ApiKey } from "@/lib/store/api_keys.ts";
import type { Visitor } from "./page_route.ts";

/** The data of the API keys page. */
export interface ApiKeysView {
  /** Newest first; null if the visitor may not see them. */
  apiKeys: ApiKey[] | null;
  notice: ApiKeyNotice | null;
  refused: RefusedForm | null;
  /** The form's id, so that a double submit creates only one key. */
  form: string;
}

/** The result of the last action on a key. */
export type ApiKeyNotice =
  /** `replaced`: after a double submit, this key replaces the first one. */
  | { kind: "created"; apiKey: ApiKey; key: string; replaced: boolean }
  /** `former` works until it expires. */
  | {
    kind: "rotated";
    apiKey: ApiKey;
    key: string;
    replaced: boolean;
    former: ApiKey;
  }
  /** `apiKey`: null if it has been revoked since. */
  | { kind: "already_created"; apiKey: ApiKey | null }
  | { kind: "changed"; apiKey: ApiKey | null }
  | { kind: "not_rotated"; obstacle: CannotRotateError["obstacle"] }
  | { kind: "revoked" };

/** A form that failed validation, with its values and the error. */
export interface RefusedForm {
  problem:
    | "name_missing"
    | "name_invalid"
    | "scopes_missing"
    | "expiry_invalid"
    | "too_many_keys";
  field: "name" | "scopes" | null;
  name: string;
  scopes: string[];
  /** Days as text; empty for a key that never expires. */
  expiresInDays: string;
  /** The key to change; null for a new one. */
  id: string | null;
}

/**
 * Reads the data of the API keys page.
 *
 * @param query The redirect's query, which selects the {@linkcode ApiKeyNotice}.
 */
export async function viewApiKeys(
  { store }: Services,
  { organization, mayManageBilling }: Visitor,
  query: URLSearchParams = new URLSearchParams(),
): Promise<ApiKeysView> {
  const apiKeys = organization !== null && mayManageBilling
    ? await store.listApiKeys(organization.id)
    : null;
  const notice = apiKeys && noticeFromQuery(apiKeys, query);
  return { apiKeys, notice, refused: null, form: crypto.randomUUID() };
}

function noticeFromQuery(
  apiKeys: readonly ApiKey[],
  query: URLSearchParams,
): ApiKeyNotice | null {
  if (query.has("revoked")) return { kind: "revoked" };
  const changed = query.get("changed");
  const id = changed ?? query.get("made");
  if (id === null) return null;
  const apiKey = apiKeys.find((apiKey) => apiKey.id === id) ?? null;
  return { kind: changed === null ? "already_created" : "changed", apiKey };
}

/** The page to render after a form, or the query to redirect to. */
type FormOutcome = ApiKeysView | { query: string };

/**
 * Creates an API key from the page's form. A form that is not valid is shown
 * again with its values. A resubmitted form creates no second key and is
 * redirected to a page that says so.
 *
 * @throws {BillingError} `forbidden` if the visitor may not manage keys.
 */
export async function createFromForm(
  services: Services,
  visitor: Visitor,
  form: URLSearchParams,
): Promise<FormOutcome> {
  const manager = requireKeyManager(services, visitor.principal);
  const name = form.get("name") ?? "";
  const scopes = form.getAll("scopes");
  const expiresInDays = form.get("expires_in_days") ?? "";
  const values = { name, scopes, expiresInDays };
  try {
    const { expires_in_days, ...named } = parse(newApiKeySchema, {
      name,
      scopes,
      ...(expiresInDays !== "" && { expires_in_days: Number(expiresInDays) }),
    });
    const created = await createApiKeyOnce(
      services,
      await digestOf(JSON.stringify([formIdOf(form), values])),
      {
        orgId: manager.orgId,
        createdBy: manager.userId,
        ...named,
        expiresInDays: expires_in_days,
      },
    );
    if (created.kind === "repeated") {
      return { query: `made=${created.id}` };
    }
    const { key, replaced, apiKey } = created;
    const notice: ApiKeyNotice = { kind: "created", apiKey, key, replaced };
    return { ...await viewApiKeys(services, visitor), notice };
  } catch (error) {
    const refused = { ...toProblem(error, values), ...values, id: null };
    return { ...await viewApiKeys(services, visitor), refused };
  }
}

/**
 * Changes an API key's name and scopes from the page's form. A form that is
 * not valid is shown again with its values.
 *
 * @throws {BillingError} `forbidden` if the visitor may not manage keys;
 * `not_found` if the organization has no such key.
 */
export async function changeFromForm(
  services: Services,
  visitor: Visitor,
  form: URLSearchParams,
): Promise<FormOutcome> {
  const manager = requireKeyManager(services, visitor.principal);
  const id = form.get("change") ?? "";
  const name = form.get("name") ?? "";
  const scopes = form.getAll("scopes");
  try {
    const change = parse(newApiKeySchema, { name, scopes });
    await changeApiKey(services, manager, { id, change });
    return { query: `changed=${id}` };
  } catch (error) {
    const values = { name, scopes, expiresInDays: "" };
    const refused = { ...toProblem(error, values), ...values, id };
    return { ...await viewApiKeys(services, visitor), refused };
  }
}

/**
 * Rotates the API key that a form names, and shows its successor.
 *
 * @throws {BillingError} `forbidden` if the visitor may not manage keys;
 * `not_found` if the organization has no such key.
 */
export async function rotateFromForm(
  services: Services,
  visitor: Visitor,
  form: URLSearchParams,
): Promise<FormOutcome> {
  const manager = requireKeyManager(services, visitor.principal);
  const id = form.get("rotate") ?? "";
  const notice = await rotateApiKey(services, manager, id).then(
    (rotated): ApiKeyNotice => ({ kind: "rotated", ...rotated }),
    (error): ApiKeyNotice => {
      if (!(error instanceof CannotRotateError)) throw error;
      return { kind: "not_rotated", obstacle: error.obstacle };
    },
  );
  return { ...await viewApiKeys(services, visitor), notice };
}

/** A form without an id is never treated as a double submit. */
function formIdOf(form: URLSearchParams): string {
  return form.get("form") ?? crypto.randomUUID();
}

/** @throws The error itself if the form did not cause it. */
function toProblem(
  error: unknown,
  { name, scopes, expiresInDays }: Pick<
    RefusedForm,
    "name" | "scopes" | "expiresInDays"
  >,
): Pick<RefusedForm, "problem" | "field"> {
  if (!(error instanceof BillingError)) throw error;
  if (error.code === "conflict") {
    return { problem: "too_many_keys", field: null };
  }
  if (error.code !== "validation_error") throw error;
  if (name.trim() === "") {
    return { problem: "name_missing", field: "name" };
  }
  if (scopes.length === 0) {
    return { problem: "scopes_missing", field: "scopes" };
  }
  if (!/^\d*$/.test(expiresInDays)) {
    return { problem: "expiry_invalid", field: null };
  }
  return { problem: "name_invalid", field: "name" };
}

/**
 * Revokes the API key that a form names. Has no effect if it is revoked
 * already, for example by a double submit.
 *
 * @throws {BillingError} `forbidden` if the visitor may not manage keys.
 */
export async function revokeFromForm(
  services: Services,
  visitor: Visitor,
  form: URLSearchParams,
): Promise<FormOutcome> {
  const manager = requireKeyManager(services, visitor.principal);
  const by = { actor: actorOf(manager), nowMs: services.now() };
  await services.store.removeApiKey(
    manager.orgId,
    form.get("revoke") ?? "",
    by,
  );
  return { query: "revoked" };
}
