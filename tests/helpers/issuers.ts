import type { AuthProvider, TokenRules } from "@/lib/config/auth_presets.ts";
import type { AuthConfig, Environment } from "@/lib/config/config.ts";
import {
  APP_URL,
  authConfig,
  CLERK_SHAPE,
  ISSUER,
  type Members,
  tokenRules,
  type TokenShape,
} from "./tokens.ts";

/** The audience of the app, for issuers that require one. */
export const AUDIENCE = "https://billing.example/api";

/** An issuer, with the form of its tokens as its documentation shows it. */
export interface Issuer {
  provider: AuthProvider;
  /** The variables beside the source of keys. */
  environment: Environment;
  rules: TokenRules;
  audience: readonly string[] | null;
  /** Null where `azp` is missing or a client's id instead of an origin. */
  authorizedParties: readonly string[] | null;
  /** A valid token of a user without an organization. */
  shape: TokenShape;
  /** The claims of an organization's member. */
  membership(id: unknown, role?: unknown): Members;
}

type Fixture = Omit<Issuer, "rules" | "audience" | "environment"> & {
  environment?: Environment;
};

const FIXTURES: readonly Fixture[] = [
  {
    provider: "clerk",
    authorizedParties: [APP_URL],
    shape: CLERK_SHAPE,
    membership: (id, rol) => ({ o: { id, rol, slg: "acme" } }),
  },
  {
    provider: "workos",
    authorizedParties: null,
    shape: {
      header: {},
      claims: (nowSec) => ({
        iss: ISSUER,
        sub: "user_01HBEQKA6K4QJAS93VPE39W1JT",
        sid: "session_01HQSXZGF8FHF7A9ZZFCW4387R",
        jti: "01HQSXZXPPFPKMDD32RKTFY6PV",
        client_id: "client_01HBEQ5VT8ZQ4SKSG8HSJ2H2T1",
        permissions: ["posts:read"],
        iat: nowSec,
        exp: nowSec + 300,
      }),
    },
    membership: (id, role) => ({ org_id: id, role }),
  },
  {
    provider: "auth0",
    environment: {
      AUTH_AUDIENCE: AUDIENCE,
      AUTH_ROLE_CLAIM: "https://billing.example/role",
    },
    authorizedParties: null,
    shape: {
      header: { typ: "at+jwt" },
      claims: (nowSec) => ({
        iss: ISSUER,
        sub: "auth0|5f7c8ec7c33c6c004bbafe82",
        aud: [AUDIENCE, "https://acme.us.auth0.com/userinfo"],
        azp: "my_client_id",
        scope: "openid profile",
        jti: "Bm6cbSoFoqIhCuMcVcJcXh",
        iat: nowSec,
        exp: nowSec + 86_400,
      }),
    },
    membership: (id, role) => ({
      "org_id": id,
      "https://billing.example/role": role,
    }),
  },
  {
    provider: "supabase",
    authorizedParties: null,
    shape: {
      header: { typ: "JWT" },
      claims: (nowSec) => ({
        iss: ISSUER,
        sub: "0b3dbd4e-6d7b-4d1b-9a64-3f3b6f1f6f02",
        aud: "authenticated",
        role: "authenticated",
        aal: "aal1",
        session_id: "b4a1f6a9-7a2f-4f6c-9a9b-6d0c8fb5e0c5",
        email: "ada@example.com",
        app_metadata: { provider: "email", providers: ["email"] },
        user_metadata: { org_id: "org_chosen_by_the_user" },
        amr: [{ method: "password", timestamp: nowSec }],
        is_anonymous: false,
        iat: nowSec,
        exp: nowSec + 3_600,
      }),
    },
    membership: (id, role) => ({
      app_metadata: { provider: "email", org_id: id, org_role: role },
    }),
  },
  {
    provider: "better-auth",
    environment: { AUTH_ROLE_CLAIM: "activeOrganizationRole" },
    authorizedParties: null,
    shape: {
      header: {},
      claims: (nowSec) => ({
        iss: ISSUER,
        aud: ISSUER,
        sub: "vKzbTkTkqzFwG0E5m4c6bJ0iXfLxqYtB",
        id: "vKzbTkTkqzFwG0E5m4c6bJ0iXfLxqYtB",
        email: "ada@example.com",
        iat: nowSec,
        exp: nowSec + 900,
      }),
    },
    membership: (id, role) => ({
      activeOrganizationId: id,
      activeOrganizationRole: role,
    }),
  },
  {
    provider: "oidc",
    environment: {
      AUTH_AUDIENCE: AUDIENCE,
      AUTH_MAX_AGE: "1800",
      AUTH_ORG_CLAIM: "tenant.id",
      AUTH_ROLE_CLAIM: "tenant.role",
    },
    authorizedParties: null,
    shape: {
      header: { typ: "JWT" },
      claims: (nowSec) => ({
        iss: ISSUER,
        sub: "f:3b1c:ada",
        aud: ["account", AUDIENCE],
        azp: "web",
        typ: "Bearer",
        sid: "6f1b3a7e-1c0f-4c51-9b65-6c7a6c2f3a11",
        auth_time: nowSec - 60,
        realm_access: { roles: ["offline_access"] },
        iat: nowSec,
        exp: nowSec + 300,
      }),
    },
    membership: (id, role) => ({ tenant: { id, role } }),
  },
];

/** Every preset with its own form of token. */
export const ISSUERS: readonly Issuer[] = FIXTURES.map(
  ({ environment = {}, ...fixture }) => {
    const all = { AUTH_PROVIDER: fixture.provider, ...environment };
    const audience = environment["AUTH_AUDIENCE"];
    return {
      ...fixture,
      environment: all,
      rules: tokenRules(all),
      audience: audience === undefined ? null : [audience],
    };
  },
);

/** The issuer of a preset. */
export function issuerOf(provider: AuthProvider): Issuer {
  const found = ISSUERS.find((issuer) => issuer.provider === provider);
  if (found === undefined) throw new Error(`There is no issuer ${provider}`);
  return found;
}

/** The sign-in configuration for an issuer. */
export function authConfigOf(
  { rules, audience, authorizedParties }: Issuer,
  keys: AuthConfig["keys"],
): AuthConfig {
  return authConfig({ keys, rules, audience, authorizedParties });
}
