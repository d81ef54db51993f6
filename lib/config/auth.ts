import {
  AUTH_PROVIDERS,
  type ClaimPath,
  parseClaimPath,
  PRESETS,
  type TokenRules,
} from "./auth_presets.ts";
import type { EnvReader } from "./reader.ts";

/** How session tokens are verified, and where users sign in. */
export interface AuthConfig {
  keys: JwkSourceConfig;
  /** Must equal `iss`; null: not checked. */
  issuer: string | null;
  /** `aud` must contain one of these; null: not checked. */
  audience: readonly string[] | null;
  /** Origins; `azp` must be one of these. Null: not checked. */
  authorizedParties: readonly string[] | null;
  /** What differs by issuer. */
  rules: TokenRules;
  /** The name of the session cookie. */
  cookie: string;
  /** Where pages redirect signed-out visitors; null if unknown. */
  signInUrl: string | null;
  /** Where visitors go who sign out; null hides the button. */
  signOutUrl: string | null;
  /** For Clerk's browser script, which refreshes sessions; null without Clerk. */
  clerk: { publishableKey: string; frontendApi: string } | null;
}

/** Source of the keys that sign session tokens; `sandbox` is local sign-in. */
export type JwkSourceConfig =
  | { kind: "sandbox" }
  | { kind: "jwks"; url: URL }
  | { kind: "pem"; pem: string };

/** Variables that set the source of token keys; one is enough. */
export const KEY_SOURCES = [
  "AUTH_JWKS_URL",
  "AUTH_JWT_KEY",
  "CLERK_PUBLISHABLE_KEY",
];

/** Reads the sign-in configuration; the reader collects its problems. */
export function readAuth(read: EnvReader): AuthConfig {
  const clerk = readClerk(read);
  const keys = readKeySource(read, clerk?.frontendApi ?? null);
  if (keys.kind === "sandbox") refuseUnusedChecks(read);
  const inSandbox = keys.kind === "sandbox" ? "/sign-in" : null;
  const rules = readRules(read);
  if (clerk !== null && rules.provider !== "clerk") {
    read.refuse(
      "AUTH_PROVIDER",
      "and CLERK_PUBLISHABLE_KEY name different issuers: set only one",
    );
  }
  return {
    keys,
    issuer: read.text("AUTH_ISSUER") ?? clerk?.frontendApi ?? null,
    audience: read.list("AUTH_AUDIENCE"),
    authorizedParties: readParties(read),
    rules,
    cookie: readCookieName(read),
    signInUrl: readPageUrl(read, "AUTH_SIGN_IN_URL") ?? inSandbox,
    signOutUrl: readPageUrl(read, "AUTH_SIGN_OUT_URL") ?? inSandbox,
    clerk,
  };
}

function readKeySource(
  read: EnvReader,
  frontendApi: string | null,
): JwkSourceConfig {
  const url = read.url("AUTH_JWKS_URL");
  const pem = readPem(read);
  if (read.text("AUTH_JWKS_URL") !== null && pem !== null) {
    read.refuse(
      "AUTH_JWKS_URL",
      "and AUTH_JWT_KEY are both set: set only one source of token keys",
    );
  }
  if (pem !== null) return { kind: "pem", pem };
  if (url !== null) return { kind: "jwks", url };
  if (frontendApi === null) return { kind: "sandbox" };
  return {
    kind: "jwks",
    url: new URL("/.well-known/jwks.json", frontendApi),
  };
}

/** Environment files often hold a PEM on one line, with `\n` escaped. */
function readPem(read: EnvReader): string | null {
  const pem = read.text("AUTH_JWT_KEY")?.replaceAll("\\n", "\n") ?? null;
  if (pem === null) return null;
  const armor =
    /^-----BEGIN PUBLIC KEY-----[\sA-Za-z0-9+/=]+-----END PUBLIC KEY-----$/;
  if (!armor.test(pem)) {
    read.refuse(
      "AUTH_JWT_KEY",
      "is not a PEM public key (-----BEGIN PUBLIC KEY----- …)",
    );
  }
  return pem;
}

/** A publishable key is `pk_test_` or `pk_live_` and base64 of `host$`. */
function readClerk(read: EnvReader): AuthConfig["clerk"] {
  const publishableKey = read.text("CLERK_PUBLISHABLE_KEY");
  if (publishableKey === null) return null;
  const encoded = /^pk_(?:test|live)_([A-Za-z0-9+/=]+)$/.exec(publishableKey);
  const host = encoded?.[1] === undefined ? null : decodeHost(encoded[1]);
  if (host === null) {
    read.refuse(
      "CLERK_PUBLISHABLE_KEY",
      "is not a Clerk publishable key (pk_test_… or pk_live_…)",
    );
    return null;
  }
  return { publishableKey, frontendApi: `https://${host}` };
}

function decodeHost(base64: string): string | null {
  try {
    return /^([a-z0-9.-]+)\$$/i.exec(atob(base64))?.[1] ?? null;
  } catch (error) {
    if (error instanceof DOMException) return null; // not base64
    throw error;
  }
}

function readParties(read: EnvReader): string[] | null {
  const parties = read.list("AUTH_AUTHORIZED_PARTIES");
  const invalid = parties?.find((party) =>
    !URL.canParse(party) || new URL(party).origin !== party
  );
  if (invalid !== undefined) {
    read.refuse(
      "AUTH_AUTHORIZED_PARTIES",
      "has an entry that is not an origin such as https://app.example.com",
    );
  }
  return parties;
}

/** The preset of `AUTH_PROVIDER`, with the variables that override it. */
function readRules(read: EnvReader): TokenRules {
  const provider = read.choice("AUTH_PROVIDER", AUTH_PROVIDERS) ?? "clerk";
  const { types, requiredClaims, refusedClaim = null, ...preset } =
    PRESETS[provider];
  const rules: TokenRules = {
    provider,
    types,
    requiredClaims,
    refusedClaim,
    maxAgeSec: readMaxAge(read) ?? preset.maxAgeSec ?? 0,
    orgClaim: readClaimPath(read, "AUTH_ORG_CLAIM", preset.orgClaim),
    roleClaim: readClaimPath(read, "AUTH_ROLE_CLAIM", preset.roleClaim),
    orgNameClaim: readClaimPath(read, "AUTH_ORG_NAME_CLAIM", null),
  };
  const isMissing = (
    name: string,
    needed: boolean | undefined,
    why: string,
  ) => {
    if (!needed || read.text(name) !== null) return;
    read.refuse(name, `is missing: AUTH_PROVIDER=${provider} ${why}`);
  };
  const { needsAudience } = preset;
  isMissing("AUTH_AUDIENCE", needsAudience, "signs tokens for other APIs, too");
  const hasNoOrganization = provider !== "clerk" && rules.orgClaim === null;
  isMissing("AUTH_ORG_CLAIM", hasNoOrganization, "has no default for it");
  isMissing("AUTH_MAX_AGE", preset.maxAgeSec === null, "has no default for it");
  return rules;
}

/** A week. Longer sessions belong to the issuer, which issues new tokens. */
const MAX_AGE_LIMIT_SEC = 7 * 24 * 3_600;

function readMaxAge(read: EnvReader): number | null {
  const text = read.text("AUTH_MAX_AGE");
  if (text === null) return null;
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > MAX_AGE_LIMIT_SEC) {
    read.refuse(
      "AUTH_MAX_AGE",
      `is not a number of seconds, 1 to ${MAX_AGE_LIMIT_SEC}`,
    );
  }
  return seconds;
}

function readClaimPath(
  read: EnvReader,
  name: string,
  preset: string | null,
): ClaimPath | null {
  const text = read.text(name) ?? preset;
  const path = text === null ? null : parseClaimPath(text);
  if (text !== null && path === null) {
    read.refuse(name, "is not a claim such as org_id or app_metadata.org_id");
  }
  return path;
}

/** The cookie that Clerk's script and the sandbox's sign-in set. */
export const SESSION_COOKIE = "__session";

function readCookieName(read: EnvReader): string {
  const name = read.text("AUTH_COOKIE") ?? SESSION_COOKIE;
  if (!/^[\w!#$%&'*+.^`|~-]{1,64}$/.test(name)) {
    read.refuse("AUTH_COOKIE", "is not the name of a cookie");
  }
  return name;
}

/** A path of this app or a URL. */
function readPageUrl(read: EnvReader, name: string): string | null {
  const text = read.text(name);
  if (text !== null && /^\/(?![\/\\])/.test(text)) return text;
  return read.url(name)?.href ?? null;
}

/** Checks of token claims have no effect on the sandbox's own tokens. */
function refuseUnusedChecks(read: EnvReader): void {
  const checks = [
    ...["AUTH_ISSUER", "AUTH_AUDIENCE", "AUTH_AUTHORIZED_PARTIES"],
    ...["AUTH_PROVIDER", "AUTH_ORG_CLAIM", "AUTH_ROLE_CLAIM"],
    ...["AUTH_ORG_NAME_CLAIM", "AUTH_MAX_AGE", "AUTH_COOKIE"],
  ];
  for (const name of checks) {
    if (read.text(name) === null) continue;
    read.refuse(
      name,
      `has no effect without one of ${KEY_SOURCES.join(", ")}`,
    );
  }
}
