import type { Context } from "../context.ts";
import { ApiError, invalidRequest, notImplemented } from "./errors.ts";

export const API_VERSION = "2026-10-28.endive";
const OLDEST_VERSION = "2024-09-30";
/** The versions of the requests so far that differ from {@linkcode API_VERSION}. */
const otherVersions = new Set<string>();

/** The only account. */
export const ACCOUNT_ID = "acct_1LocalStripeDemo";

/**
 * Checks the API key, given as a Bearer token or as the user name of Basic authentication. There is
 * one account, so any secret or restricted test key is valid.
 *
 * @throws {ApiError} 401 as at Stripe; 501 for another account.
 */
export function authenticate(headers: Headers): void {
  const key = readKey(headers.get("authorization"));
  if (key === null) {
    throw unauthorized(
      "You did not provide an API key. Send it as 'Authorization: Bearer YOUR_SECRET_KEY'.",
    );
  }
  if (/^pk_(test|live)_/.test(key)) {
    throw unauthorized(
      "This API call cannot be made with a publishable API key. Please use a secret API key.",
      "secret_key_required",
    );
  }
  if (!/^[sr]k_test_\w{1,250}$/.test(key)) throw invalidKey(key);
  const connected = ["stripe-account", "stripe-context"].find((name) =>
    (headers.get(name) ?? ACCOUNT_ID) !== ACCOUNT_ID
  );
  if (connected !== undefined) {
    throw notImplemented(`connected accounts (the header ${connected})`);
  }
}

/** A 401 for an invalid key. Shows only its last four characters. */
export function invalidKey(key: string): ApiError {
  const shown = /^[a-z]{2}_(test|live)_/.exec(key)?.[0] ?? "";
  return unauthorized(
    `Invalid API Key provided: ${shown}${"*".repeat(8)}${key.slice(-4)}`,
  );
}

/**
 * Checks the API version of a request. Every response has the shapes of {@linkcode API_VERSION},
 * which a client of a later or a not much older version can read.
 *
 * @throws {ApiError} 400 for a malformed or too old version; 501 for another one if the context is
 * strict about versions.
 */
export function checkVersion(
  { strictVersion }: Context,
  headers: Headers,
): void {
  const version = headers.get("stripe-version");
  if (version === null || version === API_VERSION) return;
  if (!/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(version)) {
    throw invalidRequest(`Invalid Stripe API version: ${version}`);
  }
  if (version < OLDEST_VERSION) {
    throw invalidRequest(
      `The API version ${version} is too old: the oldest is ${OLDEST_VERSION}.`,
    );
  }
  if (strictVersion) {
    throw notImplemented(
      `the API version ${version}; it speaks ${API_VERSION}`,
    );
  }
  if (otherVersions.has(version)) return;
  otherVersions.add(version);
  console.info(
    `Requests of the Stripe API version ${version} are answered in ${API_VERSION}.`,
  );
}

function readKey(header: string | null): string | null {
  const [, scheme = "", credentials = ""] =
    /^(\w+)\s+(\S+)\s*$/.exec(header ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") return credentials;
  if (scheme.toLowerCase() !== "basic") return null;
  const decoded = decodeBase64(credentials);
  return decoded?.split(":")[0] || null;
}

function decodeBase64(text: string): string | null {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 !== 1
    ? atob(text)
    : null;
}

function unauthorized(message: string, code?: string): ApiError {
  const body = {
    type: "invalid_request_error",
    message,
    ...(code !== undefined && { code }),
  };
  return new ApiError(401, body, {
    "WWW-Authenticate": 'Basic realm="Stripe"',
  });
}
