import type { JSONWebKeySet, JWK } from "jose";

/** The signing key pair of the local sign-in. */
interface SigningKeys {
  /** Signs claims as a compact JWT. */
  sign(claims: Record<string, unknown>): Promise<string>;
  /** Returns the JWKS, without private members. */
  publicKeys(): Promise<JSONWebKeySet>;
}

/**
 * Creates the signing keys of the local sign-in. The key pair is stored in the
 * database, so that sessions survive a restart. Storing the private key there
 * is acceptable only in a sandbox, where anyone can sign in as any user.
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
      const { SignJWT } = await import("@/lib/auth/jose.ts");
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
  const jose = await import("@/lib/auth/jose.ts");
  const privateKey = await jose.importJWK(privateJwk, ALGORITHM);
  // `importJWK` returns bytes for a symmetric key only.
  if (privateKey instanceof Uint8Array) throw new TypeError("Key is symmetric");
  const { d: _private, ...publicJwk } = privateJwk;
  return { privateKey, publicJwk };
}

/** If two processes generate a pair at once, both use the first one stored. */
async function readOrCreate(kv: Deno.Kv): Promise<JWK> {
  const stored = await kv.get<JWK>(KEY);
  if (stored.value !== null) return stored.value;
  const generated = await generateJwk();
  await kv.atomic().check(stored).set(KEY, generated).commit();
  const saved = await kv.get<JWK>(KEY);
  if (saved.value !== null) return saved.value;
  throw new Error("Cannot store the sandbox's signing key: key is missing");
}

async function generateJwk(): Promise<JWK> {
  const jose = await import("@/lib/auth/jose.ts");
  const pair = await jose.generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await jose.exportJWK(pair.privateKey);
  const kid = await jose.calculateJwkThumbprint(jwk);
  return { ...jwk, kid, alg: ALGORITHM, use: "sig" };
}

function kidOf({ kid }: JWK): { kid?: string } {
  return kid === undefined ? {} : { kid };
}
