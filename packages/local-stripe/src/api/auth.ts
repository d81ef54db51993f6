import { ApiError, invalidRequest, notImplemented } from "./errors.ts";

export const API_VERSION = "2026-10-28.endive";

/**
 * Checks the API key, given as a Bearer token or as the user name of Basic authentication. There is
 * one account, so any secret or restricted test key is valid.
 *
 * @throws {ApiError} 401 as at Stripe; 501 for a connected account.
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
    headers.has(name)
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
 * Reads the API version of the response.
 *
 * @throws {ApiError} 400 for a malformed version; 501 for a version with other object shapes.
 */
export function readVersion(headers: Headers): string {
  const version = headers.get("stripe-version");
  if (version === null || version === API_VERSION) return API_VERSION;
  if (!/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(version)) {
    throw invalidRequest(`Invalid Stripe API version: ${version}`);
  }
  throw notImplemented(`the API version ${version}; it speaks ${API_VERSION}`);
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
