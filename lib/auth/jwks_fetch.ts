import type { JWK } from "jose";
import { type SessionAlgorithm, tryKey } from "./key_algorithms.ts";
import type { Log } from "@/lib/log.ts";

/** Real sets take 1 to 30 KB; a body is not read beyond this. */
export const MAX_JWKS_BYTES = 256 * 1024;

const TIMEOUT_MS = 5_000;

/** What {@linkcode fetchJwks} works with. */
export interface FetchJwksOptions {
  url: URL;
  log: Log;
  fetch?: typeof fetch | undefined;
  /** For the headers and the body together; 5 s when left out. */
  timeoutMs?: number | undefined;
}

/**
 * Fetches a JSON Web Key Set: status 200, no redirect, bounded in time and
 * size.
 *
 * @returns The public keys of it that signatures may be checked with, one at
 * least. Symmetric keys, private keys, short RSA keys and those of another
 * algorithm are left out.
 * @throws {Error} Whatever went wrong.
 */
export async function fetchJwks(options: FetchJwksOptions): Promise<JWK[]> {
  const abort = new AbortController();
  const timer = setTimeout(
    () => abort.abort(new Error("Cannot load key set: timed out")),
    options.timeoutMs ?? TIMEOUT_MS,
  );
  try {
    const body = await fetchBody(options, abort.signal);
    return await usableKeys(JSON.parse(body), options.log);
  } finally {
    clearTimeout(timer);
  }
}

async function fetchBody(
  options: FetchJwksOptions,
  signal: AbortSignal,
): Promise<string> {
  const get = options.fetch ?? fetch;
  const response = await get(options.url, {
    headers: { accept: "application/json, application/jwk-set+json" },
    // A redirect would let whoever can cause one name the keys.
    redirect: "manual",
    signal,
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`Cannot load key set: status is ${response.status}`);
  }
  return await readBounded(response);
}

async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_JWKS_BYTES) { // leaving the loop cancels the body
      throw new Error(`Cannot load key set: over ${MAX_JWKS_BYTES} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

async function usableKeys(set: unknown, log: Log): Promise<JWK[]> {
  const keys = isRecord(set) && Array.isArray(set["keys"]) ? set["keys"] : null;
  if (keys === null) throw new Error("Cannot load key set: it has no keys");
  const usable: JWK[] = [];
  for (const key of keys) {
    const problem = await findProblem(key);
    if (problem === null) usable.push(key);
    else log.warn("token key left out", {}, problem);
  }
  if (usable.length > 0) return usable;
  throw new Error("Cannot load key set: no key in it can be used");
}

/** Members of a JWK that only its owner should have (RFC 7518, section 6). */
const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/** Why a key is of no use; null: it is. */
async function findProblem(key: unknown): Promise<Error | null> {
  if (!isRecord(key)) return new Error("not an object");
  // A published private key is known to everybody, and so signs for nobody.
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member))) {
    return new Error("symmetric or private");
  }
  const algorithm = algorithmOf(key);
  if (algorithm === null) return new Error("of another algorithm");
  return await tryImport(key, algorithm);
}

function algorithmOf({ kty, crv }: JWK): SessionAlgorithm | null {
  if (kty === "RSA") return "RS256";
  if (kty === "EC" && crv === "P-256") return "ES256";
  return kty === "OKP" && crv === "Ed25519" ? "EdDSA" : null;
}

async function tryImport(
  jwk: JWK,
  algorithm: SessionAlgorithm,
): Promise<Error | null> {
  const jose = await import("jose");
  try {
    const key = await jose.importJWK(jwk, algorithm);
    if (key instanceof Uint8Array) return new Error("symmetric");
    await tryKey(key);
    return null;
  } catch (cause) {
    return new Error("cannot be used", { cause });
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
