import {
  encodePart,
  type Members,
  NOW_MS,
  sessionToken,
  signParts,
  type TestKey,
  testKey,
  type TokenShape,
} from "./tokens.ts";
import type { Issuer } from "./issuers.ts";

/** Both key sources. Each attack is tried with each. */
export const SOURCES = ["PEM", "JWKS"] as const;
/** One of {@linkcode SOURCES}. */
export type Source = typeof SOURCES[number];

/** A token that must be refused. */
export interface Attack {
  name: string;
  token: (key: TestKey, issuer: Issuer) => string | Promise<string>;
  /** The logged reason, per source where they differ. */
  reason: string | Record<Source, string>;
  /** Whether an issuer's rules refuse it; all by default. */
  refusedBy?: (issuer: Issuer) => boolean;
}

/** Signs a token with additional header members. */
export const withHeader =
  (header: Members) => (key: TestKey, { shape }: Issuer) =>
    sessionToken({ header, key, shape });
/** Signs a token with additional claims. */
export const withClaims =
  (claims: Members) => (key: TestKey, { shape }: Issuer) =>
    sessionToken({ claims, key, shape });

/** A token without a valid signature. */
function unsigned(
  { shape }: Issuer,
  alg: string,
  signature: string,
): string {
  const header = encodePart({ alg, ...shape.header });
  return `${header}.${encodePart(claimsOf(shape))}.${signature}`;
}

/** The claims of an issuer's valid token. */
function claimsOf(shape: TokenShape): Members {
  return shape.claims(NOW_MS / 1000);
}

async function signedByPem(
  { pem }: TestKey,
  issuer: Issuer,
): Promise<string> {
  const bytes = new TextEncoder();
  const hash = { name: "HMAC", hash: "SHA-256" };
  const secret = await crypto.subtle
    .importKey("raw", bytes.encode(pem), hash, false, ["sign"]);
  const [header, payload] = unsigned(issuer, "HS256", "").split(".");
  const input = `${header}.${payload}`;
  const mac = await crypto.subtle.sign("HMAC", secret, bytes.encode(input));
  const signature = new Uint8Array(mac)
    .toBase64({ alphabet: "base64url", omitPadding: true });
  return `${input}.${signature}`;
}

/** A token signed with the attacker's key, which its header references. */
const byAttacker =
  (header: (jwk: unknown) => Members) =>
  async (_key: TestKey, { shape }: Issuer) => {
    const key = await testKey("RS256", "attacker's");
    return await sessionToken({
      key,
      shape,
      header: { kid: undefined, ...header(key.publicJwk) },
    });
  };

const editSignature =
  (edit: (signature: string) => string) =>
  async (key: TestKey, { shape }: Issuer) => {
    const [header, payload, signature = ""] =
      (await sessionToken({ key, shape }))
        .split(".");
    return `${header}.${payload}.${edit(signature)}`;
  };

const ALGORITHM_ATTACKS: Attack[] = [
  ...["none", "None", "NONE", "nOnE"].flatMap((alg): Attack[] => [
    {
      name: `alg ${alg} without a signature`,
      token: (_key, issuer) => unsigned(issuer, alg, ""),
      reason: "token-malformed",
    },
    {
      name: `alg ${alg} with any signature`,
      token: (_key, issuer) => unsigned(issuer, alg, "c2ln"),
      reason: "token-invalid-algorithm",
    },
  ]),
  {
    name: "HS256 signed with the text of the public key",
    token: signedByPem,
    reason: "token-invalid-algorithm",
  },
  {
    name: "ES256 by another key",
    token: async (_key, { shape }) =>
      sessionToken({ shape, key: await testKey("ES256", "other") }),
    reason: { PEM: "token-invalid-algorithm", JWKS: "jwk-kid-mismatch" },
  },
  {
    name: "ES256 in the header over a key on P-384",
    token: async (_key, { shape }) =>
      sessionToken({
        shape,
        key: await testKey("ES384"),
        header: { alg: "ES256" },
      }),
    reason: { PEM: "token-invalid-algorithm", JWKS: "jwk-kid-mismatch" },
  },
  ...["RS384", "RS512", "PS256", "ES384"].map((alg): Attack => ({
    name: `alg ${alg}`,
    token: withHeader({ alg }),
    reason: "token-invalid-algorithm",
  })),
  {
    name: "RS384 truly signed",
    token: async (_key, { shape }) =>
      sessionToken({ shape, key: await testKey("RS384") }),
    reason: "token-invalid-algorithm",
  },
];

const SHAPE_ATTACKS: Attack[] = [
  {
    name: "an empty signature",
    token: editSignature(() => ""),
    reason: "token-malformed",
  },
  {
    name: "an altered signature",
    token: editSignature((text) =>
      (text[0] === "A" ? "B" : "A") + text.slice(1)
    ),
    reason: "token-invalid-signature",
  },
  {
    name: "a signature cut short",
    token: editSignature((text) => text.slice(0, 40)),
    reason: "token-invalid-signature",
  },
  {
    name: "claims that were altered after signing",
    token: async (key, { shape }) => {
      const token = await sessionToken({ key, shape });
      const [header, , signature] = token.split(".");
      const claims = encodePart({ ...claimsOf(shape), sub: "user_2" });
      return `${header}.${claims}.${signature}`;
    },
    reason: "token-invalid-signature",
  },
  {
    name: "two parts",
    token: async (key, { shape }) =>
      (await sessionToken({ key, shape })).split(".").slice(0, 2).join("."),
    reason: "token-malformed",
  },
  {
    name: "five parts",
    token: async (key, { shape }) =>
      `${await sessionToken({ key, shape })}.e30.e30`,
    reason: "token-malformed",
  },
  { name: "an empty text", token: () => "", reason: "token-malformed" },
  { name: "only dots", token: () => "..", reason: "token-malformed" },
  {
    name: "a header that is not JSON",
    token: (key, { shape }) => signParts("not json", claimsOf(shape), key),
    reason: "token-malformed",
  },
  {
    name: "a header that is a list",
    token: (key, { shape }) => signParts([], claimsOf(shape), key),
    reason: "token-malformed",
  },
  {
    name: "a payload that is a list",
    token: (key, { shape }) =>
      signParts({ alg: "RS256", ...shape.header }, [claimsOf(shape)], key),
    reason: "token-invalid",
  },
  {
    name: "a payload that is not JSON",
    token: (key, { shape }) =>
      signParts({ alg: "RS256", ...shape.header }, "not json", key),
    reason: "token-invalid",
  },
  ...[" ", "\n", "=", "==", "%20", "é"].map((end): Attack => ({
    name: `${JSON.stringify(end)} after the token`,
    token: async (key, { shape }) => (await sessionToken({ key, shape })) + end,
    reason: "token-malformed",
  })),
  {
    name: "padding on an inner part",
    token: async (key, { shape }) =>
      (await sessionToken({ key, shape })).replace(".", "==."),
    reason: "token-malformed",
  },
  {
    name: "more than 8 KiB, truly signed",
    token: withClaims({ filler: "x".repeat(8_192) }),
    reason: "token-too-long",
  },
];

const HEADER_ATTACKS: Attack[] = [
  {
    name: "a key in the header (jwk), signed by it",
    token: byAttacker((jwk) => ({ jwk })),
    reason: "token-invalid-header",
  },
  {
    name: "a key's address in the header (jku), signed by it",
    token: byAttacker(() => ({ jku: "https://evil.example/jwks.json" })),
    reason: "token-invalid-header",
  },
  {
    name: "another key, with nothing in the header to find it by",
    token: byAttacker(() => ({})),
    reason: "token-invalid-signature",
  },
  ...["jwk", "jku", "x5u", "x5c"].map((name): Attack => ({
    name: `header ${name} on a token of ours`,
    token: withHeader({
      [name]: name === "x5c" ? ["MII"] : "https://x.example",
    }),
    reason: "token-invalid-header",
  })),
  {
    name: "crit with an unknown name",
    token: withHeader({ crit: ["mine"], mine: true }),
    reason: "token-invalid-header",
  },
  {
    name: "an empty crit",
    token: withHeader({ crit: [] }),
    reason: "token-malformed",
  },
  {
    name: "crit b64, payload encoded",
    token: withHeader({ crit: ["b64"], b64: false }),
    reason: "token-invalid-header",
  },
  {
    name: "b64 without crit",
    token: withHeader({ b64: true }),
    reason: "token-invalid-header",
  },
  ...["at+jwt", "application/at+jwt", "JWT+x", "", 7, undefined]
    .map((typ): Attack => ({
      name: `typ ${JSON.stringify(typ) ?? "absent"}`,
      token: withHeader({ typ }),
      reason: "token-type-mismatch",
      refusedBy: ({ rules }) =>
        !rules.types.some((type) => type === (typ ?? null)),
    })),
  {
    name: "the category of JWT templates",
    token: withHeader({ cat: "cl_B7d4PD222AAA" }),
    reason: "token-type-mismatch",
  },
  {
    name: "the category of machines",
    token: withHeader({ cat: "cl_B7d4PD333AAA" }),
    reason: "token-type-mismatch",
  },
];

/** Attacks on the signature, the format and the header of a token. */
export const TOKEN_ATTACKS: readonly Attack[] = [
  ...ALGORITHM_ATTACKS,
  ...SHAPE_ATTACKS,
  ...HEADER_ATTACKS,
];
