import { createApiKeyOnce } from "@/lib/auth/api_keys.ts";
import { digestOf } from "@/lib/auth/digest.ts";
import { requireKeyManager } from "@/lib/auth/permissions.ts";
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
  | { kind: "created"; id: string; key: string; replaced: boolean }
  /** `apiKey`: null if it has been revoked since. */
  | { kind: "already_created"; apiKey: ApiKey | null }
  | { kind: "revoked" };

/** A form that failed validation, with its values and the error. */
export interface RefusedForm {
  problem: "name_missing" | "name_invalid" | "scopes_missing" | "too_many_keys";
  field: "name" | "scopes" | null;
  name: string;
  scopes: string[];
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
  const createdId = query.get("made");
  if (createdId === null) return null;
  const apiKey = apiKeys.find(({ id }) => id === createdId) ?? null;
  return { kind: "already_created", apiKey };
}

/** The page to render after a form, or the URL to redirect to. */
type FormOutcome = ApiKeysView | { seeOther: string };

const PAGE = "/account/credentials";

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
  try {
    const created = await createApiKeyOnce(
      services,
      await digestOf(JSON.stringify([formIdOf(form), name, scopes])),
      {
        ...{ orgId: manager.orgId, createdBy: manager.userId },
        ...parse(newApiKeySchema, { name, scopes }),
      },
    );
    if (created.kind === "repeated") {
      return { seeOther: `${PAGE}?made=${created.id}` };
    }
    const { key, replaced, apiKey: { id } } = created;
    const notice: ApiKeyNotice = { kind: "created", id, key, replaced };
    return { ...await viewApiKeys(services, visitor), notice };
  } catch (error) {
    const refused = { ...toProblem(error, { name, scopes }), name, scopes };
    return { ...await viewApiKeys(services, visitor), refused };
  }
}

/** A form without an id is never treated as a double submit. */
function formIdOf(form: URLSearchParams): string {
  return form.get("form") ?? crypto.randomUUID();
}

/** @throws The error itself if the form did not cause it. */
function toProblem(
  error: unknown,
  { name, scopes }: { name: string; scopes: string[] },
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
  const { orgId } = requireKeyManager(services, visitor.principal);
  await services.store.removeApiKey(orgId, form.get("revoke") ?? "");
  return { seeOther: `${PAGE}?revoked` };
}
