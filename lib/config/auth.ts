import type { EnvReader } from "./reader.ts";

/** How session tokens are verified, and where one signs in. */
export interface AuthConfig {
  keys: JwkSourceConfig;
  /** Compared exactly with `iss`; null: not compared. */
  issuer: string | null;
  /** Null: `aud` is not looked at. */
  audience: readonly string[] | null;
  /** Origins of which `azp` must be one; null: `azp` is not looked at. */
  authorizedParties: readonly string[] | null;
  /** Where a page sends somebody who is not signed in. */
  signInUrl: string | null;
  /** Where Clerk's browser script refreshes a session from. */
  clerk: { publishableKey: string; frontendApi: string } | null;
}

/** `sandbox`: the local sign-in's own keys. */
export type JwkSourceConfig =
  | { kind: "sandbox" }
  | { kind: "jwks"; url: URL }
  | { kind: "pem"; pem: string };

/** Variables, one of which says where the token keys come from. */
export const KEY_SOURCES = [
  "AUTH_JWKS_URL",
  "AUTH_JWT_KEY",
  "CLERK_PUBLISHABLE_KEY",
];

/** Reads who signs people in; what is wrong is noted in the reader. */
export function readAuth(read: EnvReader): AuthConfig {
  const clerk = readClerk(read);
  const keys = readKeySource(read, clerk?.frontendApi ?? null);
  if (keys.kind === "sandbox") refuseLonelyChecks(read);
  const inSandbox = keys.kind === "sandbox" ? "/sign-in" : null;
  return {
    keys,
    issuer: read.text("AUTH_ISSUER") ?? clerk?.frontendApi ?? null,
    audience: read.list("AUTH_AUDIENCE"),
    authorizedParties: readParties(read),
    signInUrl: readSignInUrl(read) ?? inSandbox,
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
      "and AUTH_JWT_KEY are both set: only one " +
        "can be where the token keys come from",
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

/** Environment files often carry a PEM on one line, with `\n` in two signs. */
function readPem(read: EnvReader): string | null {
  const pem = read.text("AUTH_JWT_KEY")?.replaceAll("\\n", "\n") ?? null;
  if (pem === null) return null;
  const armor =
    /^-----BEGIN PUBLIC KEY-----[\sA-Za-z0-9+/=]+-----END PUBLIC KEY-----$/;
  if (!armor.test(pem)) {
    read.refuse(
      "AUTH_JWT_KEY",
      "is not a public key in PEM " +
        "(-----BEGIN PUBLIC KEY----- …)",
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
      "is not a publishable key of Clerk " +
        "(pk_test_… or pk_live_…)",
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
  const odd = parties?.find((party) =>
    !URL.canParse(party) || new URL(party).origin !== party
  );
  if (odd !== undefined) {
    read.refuse(
      "AUTH_AUTHORIZED_PARTIES",
      "has an entry that is not an " +
        "origin such as https://app.example.com",
    );
  }
  return parties;
}

/** A path of this app, or the URL of another. */
function readSignInUrl(read: EnvReader): string | null {
  const text = read.text("AUTH_SIGN_IN_URL");
  if (text !== null && /^\/(?![\/\\])/.test(text)) return text;
  return read.url("AUTH_SIGN_IN_URL")?.href ?? null;
}

/** Somebody who sets a check believes that it is on. */
function refuseLonelyChecks(read: EnvReader): void {
  const checks = ["AUTH_ISSUER", "AUTH_AUDIENCE", "AUTH_AUTHORIZED_PARTIES"];
  for (const name of checks) {
    if (read.text(name) === null) continue;
    read.refuse(
      name,
      `is set, but none of ${KEY_SOURCES.join(", ")} is: ` +
        "there are no tokens to check",
    );
  }
}
