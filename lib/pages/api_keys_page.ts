import { createApiKeyOnce } from "@/lib/auth/api_keys.ts";
import { digestOf } from "@/lib/auth/digest.ts";
import { BillingError } from "@/lib/errors.ts";
import { requireKeyManager } from "@/lib/auth/permissions.ts";
import { parse } from "@/lib/http/schemas/requests.ts";
import { newApiKeySchema } from "@/lib/http/schemas/api_keys.ts";
import type { Services } from "@/lib/services.ts";
import type { ApiKey } from "@/lib/store/api_keys.ts";
import type { Visitor } from "./page_route.ts";

/** What the page of API keys shows. */
export interface ApiKeysView {
  /** Newest first; null for somebody who may not see them. */
  credentials: ApiKey[] | null;
  /** What has happened to a key just now. */
  told: ApiKeyNotice | null;
  /** Why the form was not taken, and what was in it. */
  refused: RefusedForm | null;
  /** Tells this page's form from others, so that it makes one key. */
  form: string;
}

/** What has happened to a key just now, to be told once or again. */
export type ApiKeyNotice =
  /** `replaced`: the form came twice, and this key took the first one's place. */
  | { kind: "made"; id: string; key: string; replaced: boolean }
  /** `credential`: null where it was revoked since. */
  | { kind: "made_before"; credential: ApiKey | null }
  | { kind: "revoked" };

/** A form that was not taken, and where in it the problem is. */
export interface RefusedForm {
  problem: string;
  field: "name" | "scopes" | null;
  name: string;
  scopes: string[];
}

/**
 * What is to be shown to somebody who looks at the page.
 *
 * @param query Names what has happened: see {@linkcode ApiKeyNotice}.
 */
export async function viewApiKeys(
  { store }: Services,
  { organization, mayManageBilling }: Visitor,
  query: URLSearchParams = new URLSearchParams(),
): Promise<ApiKeysView> {
  const credentials = organization !== null && mayManageBilling
    ? await store.listApiKeys(organization.id)
    : null;
  const told = credentials && noticeOf(credentials, query);
  return { credentials, told, refused: null, form: crypto.randomUUID() };
}

function noticeOf(
  credentials: readonly ApiKey[],
  query: URLSearchParams,
): ApiKeyNotice | null {
  if (query.has("revoked")) return { kind: "revoked" };
  const madeId = query.get("made");
  if (madeId === null) return null;
  const credential = credentials.find(({ id }) => id === madeId) ?? null;
  return { kind: "made_before", credential };
}

/** The page after a form: a view, or the address where it is told. */
export type AfterForm = ApiKeysView | { seeOther: string };

const PAGE = "/account/credentials";

/**
 * Makes the key that a form asks for. What is wrong with the form is told on
 * the page, with the form as it was; one that comes again makes no second key
 * and is led to a page that says so.
 *
 * @throws {BillingError} `forbidden` for whoever may not manage keys.
 */
export async function createFromForm(
  services: Services,
  visitor: Visitor,
  form: URLSearchParams,
): Promise<AfterForm> {
  const manager = requireKeyManager(services, visitor.principal);
  const name = form.get("name") ?? "";
  const scopes = form.getAll("scopes");
  try {
    const wanted = {
      ...{ orgId: manager.orgId, createdBy: manager.userId },
      ...parse(newApiKeySchema, { name, scopes }),
    };
    const made = await createApiKeyOnce(
      services,
      await digestOf(JSON.stringify([formOf(form), name, scopes])),
      wanted,
    );
    if (made.kind === "repeated") {
      return { seeOther: `${PAGE}?made=${made.id}` };
    }
    const { key, replaced, apiKey: { id } } = made;
    const told: ApiKeyNotice = { kind: "made", id, key, replaced };
    return { ...await viewApiKeys(services, visitor), told };
  } catch (error) {
    const refused = { ...problemOf(error, { name, scopes }), name, scopes };
    return { ...await viewApiKeys(services, visitor), refused };
  }
}

/**
 * The same form with something else in it, as after Back, is another wish; a
 * request that names no form is one of its own.
 */
function formOf(form: URLSearchParams): string {
  return form.get("form") ?? crypto.randomUUID();
}

/** In a person's words; what is no fault of the form is thrown on. */
function problemOf(
  error: unknown,
  { name, scopes }: { name: string; scopes: string[] },
): Pick<RefusedForm, "problem" | "field"> {
  if (!(error instanceof BillingError)) throw error;
  if (error.code === "conflict") {
    return { problem: `${error.message}.`, field: null };
  }
  if (error.code !== "validation_error") throw error;
  if (name.trim() === "") {
    return { problem: "Give the key a name.", field: "name" };
  }
  if (scopes.length === 0) {
    const problem = "Choose what the key may do: at least one of the three.";
    return { problem, field: "scopes" };
  }
  return {
    problem: "A name has 80 characters at most, on one line.",
    field: "name",
  };
}

/**
 * Revokes the key that a form names. One that is revoked already stays so:
 * the form may have been sent twice.
 *
 * @throws {BillingError} `forbidden` for whoever may not manage keys.
 */
export async function revokeFromForm(
  services: Services,
  visitor: Visitor,
  form: URLSearchParams,
): Promise<AfterForm> {
  const { orgId } = requireKeyManager(services, visitor.principal);
  await services.store.removeApiKey(orgId, form.get("revoke") ?? "");
  return { seeOther: `${PAGE}?revoked` };
}
