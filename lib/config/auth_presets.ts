/** The path of a claim: one name per level. */
export type ClaimPath = readonly string[];

/** What differs between the tokens of issuers. */
export interface TokenRules {
  provider: AuthProvider;
  /** Allowed values of the header `typ`; null allows a missing one. */
  types: readonly (string | null)[];
  /** Required beside `exp`, `iat` and `sub`. */
  requiredClaims: readonly ("nbf" | "sid")[];
  /** A token with this claim and value is refused, as it is not a user's. */
  refusedClaim: { name: string; value: string } | null;
  /** The maximum age of a token since its `iat`, in seconds. */
  maxAgeSec: number;
  /** The claim with the organization's id; null for Clerk's own two versions. */
  orgClaim: ClaimPath | null;
  /** The claim with the role; null for Clerk's own, or for no roles. */
  roleClaim: ClaimPath | null;
  /** The claim with the organization's name; null for none. */
  orgNameClaim: ClaimPath | null;
}

/** The choices of `AUTH_PROVIDER`. */
export const AUTH_PROVIDERS = [
  "clerk",
  "workos",
  "auth0",
  "supabase",
  "better-auth",
  "oidc",
] as const;

/** One of {@linkcode AUTH_PROVIDERS}. */
export type AuthProvider = typeof AUTH_PROVIDERS[number];

/** The rules of an issuer, before the variables that override them. */
interface Preset {
  types: TokenRules["types"];
  requiredClaims: TokenRules["requiredClaims"];
  refusedClaim?: { name: string; value: string };
  /** `AUTH_AUDIENCE` is required: the issuer signs tokens for other APIs too. */
  needsAudience?: true;
  /** Null: `AUTH_MAX_AGE` is required. */
  maxAgeSec: number | null;
  orgClaim: string | null;
  roleClaim: string | null;
}

const HOUR_SEC = 3_600;

/** The form of each issuer's tokens; see docs/auth.md. */
export const PRESETS: Record<AuthProvider, Preset> = {
  clerk: {
    types: ["JWT"],
    requiredClaims: ["nbf", "sid"],
    maxAgeSec: 600,
    orgClaim: null,
    roleClaim: null,
  },
  workos: {
    types: ["JWT", null],
    requiredClaims: ["sid"],
    maxAgeSec: HOUR_SEC,
    orgClaim: "org_id",
    roleClaim: "role",
  },
  auth0: {
    types: ["JWT", "at+jwt"],
    requiredClaims: [],
    refusedClaim: { name: "gty", value: "client-credentials" },
    needsAudience: true,
    maxAgeSec: 24 * HOUR_SEC,
    orgClaim: "org_id",
    roleClaim: null,
  },
  supabase: {
    types: ["JWT"],
    requiredClaims: [],
    maxAgeSec: HOUR_SEC,
    orgClaim: "app_metadata.org_id",
    roleClaim: "app_metadata.org_role",
  },
  "better-auth": {
    types: ["JWT", null],
    requiredClaims: [],
    maxAgeSec: HOUR_SEC,
    orgClaim: "activeOrganizationId",
    roleClaim: null,
  },
  oidc: {
    types: ["JWT", null],
    requiredClaims: [],
    needsAudience: true,
    maxAgeSec: null,
    orgClaim: null,
    roleClaim: null,
  },
};

/** A role: printable, without the commas that separate a list. */
export const ROLE_PATTERN = /^[^\p{C},]{1,128}$/u;

/**
 * Parses the name of a claim: a dotted path, or a URL as one name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseClaimPath("app_metadata.org_id"), ["app_metadata", "org_id"]);
 * assertEquals(parseClaimPath("https://example.com/org"), ["https://example.com/org"]);
 * ```
 *
 * @returns Null for a path with an empty part.
 */
export function parseClaimPath(text: string): ClaimPath | null {
  if (/^https?:\/\//.test(text)) return [text];
  const path = text.split(".");
  return path.includes("") ? null : path;
}
