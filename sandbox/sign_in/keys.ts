import type { JSONWebKeySet, JWK } from "jose";

/** The key pair that the local sign-in signs with. */
export interface SigningKeys {
  /** A compact JWS over the claims, `typ: JWT`. */
  sign(claims: Record<string, unknown>): Promise<string>;
  /** Public members only. */
  publicKeys(): Promise<JSONWebKeySet>;
}

/**
 * Makes the keys of the local sign-in. They are generated once and kept in
 * the store, the private one too, so that a restart signs nobody out. That is
 * fit for a sandbox alone, where anybody may sign in as anybody anyway.
 */
export function createSigningKeys(kv: Deno.Kv): SigningKeys {
  let loading: Promise<LoadedKey> | null = null;
  function load(): Promise<LoadedKey> {
    loading ??= loadKey(kv).catch((error: unknown) => {
      loading = null; // the next call tries again
      throw error;
    });
    return loading;
  }
  return {
    async sign(claims) {
      const { privateKey, publicJwk } = await load();
      const { SignJWT } = await import("jose");
      return await new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, typ: "JWT", ...kidOf(publicJwk) })
        .sign(privateKey);
    },
    async publicKeys() {
      const { publicJwk } = await load();
      return { keys: [publicJwk] };
    },
  };
}

const ALGORITHM = "ES256";

const KEY: Deno.KvKey = ["sandbox", "identity", "signing_key"];

interface LoadedKey {
  privateKey: CryptoKey;
  publicJwk: JWK;
}

async function loadKey(kv: Deno.Kv): Promise<LoadedKey> {
  const privateJwk = await readOrCreate(kv);
  const jose = await import("jose");
  const privateKey = await jose.importJWK(privateJwk, ALGORITHM);
  // Only a symmetric key is imported as bytes.
  if (privateKey instanceof Uint8Array) throw new TypeError("Key is symmetric");
  const { d: _private, ...publicJwk } = privateJwk;
  return { privateKey, publicJwk };
}

/**
 * Two starts at a time may both generate a pair; the check lets one of them
 * in, and the other takes that one.
 */
async function readOrCreate(kv: Deno.Kv): Promise<JWK> {
  const stored = await kv.get<JWK>(KEY);
  if (stored.value !== null) return stored.value;
  const fresh = await generateJwk();
  await kv.atomic().check(stored).set(KEY, fresh).commit();
  const kept = await kv.get<JWK>(KEY);
  if (kept.value !== null) return kept.value;
  throw new Error("Cannot keep the signing key of the sandbox: store is empty");
}

async function generateJwk(): Promise<JWK> {
  const jose = await import("jose");
  const pair = await jose.generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await jose.exportJWK(pair.privateKey);
  const kid = await jose.calculateJwkThumbprint(jwk);
  return { ...jwk, kid, alg: ALGORITHM, use: "sig" };
}

function kidOf({ kid }: JWK): { kid?: string } {
  return kid === undefined ? {} : { kid };
}
