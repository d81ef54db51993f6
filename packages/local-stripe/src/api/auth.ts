import { ApiError, invalidRequest, notImplemented } from "./errors.ts";

export const API_VERSION = "2026-10-28.endive";

/**
 * Lets a request in: any secret or restricted key of test mode, as a Bearer token or as the user
 * name of Basic. There is one account, so that the key's own text does not matter.
 *
 * @throws {ApiError} 401 as Stripe has it; 501 for a connected account.
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

/** The 401 for a key that is not one of this account's. Never repeats the key. */
export function invalidKey(key: string): ApiError {
  const shown = /^[a-z]{2}_(test|live)_/.exec(key)?.[0] ?? "";
  return unauthorized(
    `Invalid API Key provided: ${shown}${"*".repeat(8)}${key.slice(-4)}`,
  );
}

/**
 * The version that an answer is in.
 *
 * @throws {ApiError} 400 for what cannot be a version; 501 for another one than ours, whose
 * objects look different.
 */
export function readVersion(headers: Headers): string {
  const asked = headers.get("stripe-version");
  if (asked === null || asked === API_VERSION) return API_VERSION;
  if (!/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(asked)) {
    throw invalidRequest(`Invalid Stripe API version: ${asked}`);
  }
  throw notImplemented(`the API version ${asked}; it speaks ${API_VERSION}`);
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
