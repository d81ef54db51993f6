import { createCredential, revokeCredential } from "./credentials.ts";
import { BillingError } from "./errors.ts";
import { requireKeyManager } from "./permissions.ts";
import { parse } from "./schemas.ts";
import { newCredentialSchema } from "./schemas/credentials.ts";
import type { Services } from "./services.ts";
import type { Credential } from "./store/credentials.ts";
import type { Visitor } from "./visitor.ts";

/** What the page of API keys shows. */
export interface CredentialsView {
  /** Newest first; null for somebody who may not see them. */
  credentials: Credential[] | null;
  /** A key that was made just now: shown this once. */
  made: { id: string; key: string } | null;
  /** Why the form was not taken, and what was in it. */
  refused: { problem: string; name: string; scopes: string[] } | null;
}

/** What is to be shown to somebody who looks at the page. */
export async function viewCredentials(
  { store }: Services,
  { organization, mayManageBilling }: Visitor,
): Promise<CredentialsView> {
  const credentials = organization !== null && mayManageBilling
    ? await store.listCredentials(organization.id)
    : null;
  return { credentials, made: null, refused: null };
}

/**
 * Makes the key that a form asks for. What is wrong with the form is told on
 * the page, with the form as it was.
 *
 * @throws {BillingError} `forbidden` for whoever may not manage keys.
 */
export async function makeFromForm(
  services: Services,
  visitor: Visitor,
  form: URLSearchParams,
): Promise<CredentialsView> {
  const manager = requireKeyManager(services, visitor.principal);
  const name = form.get("name") ?? "";
  const scopes = form.getAll("scopes");
  try {
    const { credential, key } = await createCredential(services, {
      ...{ orgId: manager.orgId, createdBy: manager.userId },
      ...parse(newCredentialSchema, { name, scopes }),
    });
    const made = { id: credential.id, key };
    return { ...await viewCredentials(services, visitor), made };
  } catch (error) {
    const problem = problemOf(error, { name, scopes });
    const refused = { problem, name, scopes };
    return { ...await viewCredentials(services, visitor), refused };
  }
}

/** In a person's words; what is no fault of the form is thrown on. */
function problemOf(
  error: unknown,
  { name, scopes }: { name: string; scopes: string[] },
): string {
  if (!(error instanceof BillingError)) throw error;
  if (error.code === "conflict") return `${error.message}.`;
  if (error.code !== "validation_error") throw error;
  if (name.trim() === "") return "Give the key a name.";
  if (scopes.length === 0) {
    return "Choose what the key may do: at least one of the three.";
  }
  return "A name has 80 characters at most, on one line.";
}

/**
 * Revokes the key that a form names.
 *
 * @throws {BillingError} As `revokeCredential`, or `forbidden`.
 */
export async function revokeFromForm(
  services: Services,
  visitor: Visitor,
  form: URLSearchParams,
): Promise<void> {
  const { orgId } = requireKeyManager(services, visitor.principal);
  await revokeCredential(services, orgId, form.get("revoke") ?? "");
}
