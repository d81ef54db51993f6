import { type Attack, withClaims } from "./token_attacks.ts";
import {
  ISSUER,
  NOW_MS,
  sessionClaims,
  sessionToken,
  signParts,
  testKey,
} from "./tokens.ts";

const NOW_SEC = NOW_MS / 1000;

const TIME_ATTACKS: Attack[] = [
  {
    name: "an exp beyond the clock skew",
    token: withClaims({ exp: NOW_SEC - 5 }),
    reason: "token-expired",
  },
  {
    name: "an nbf beyond the clock skew",
    token: withClaims({ nbf: NOW_SEC + 6 }),
    reason: "token-not-active-yet",
  },
  {
    name: "an iat an hour ahead",
    token: withClaims({ iat: NOW_SEC + 3_600, exp: NOW_SEC + 7_200 }),
    reason: "token-iat-in-the-future",
  },
  {
    name: "an iat just beyond the clock skew",
    token: withClaims({ iat: NOW_SEC + 6 }),
    reason: "token-iat-in-the-future",
  },
  {
    name: "an iat more than ten minutes ago",
    token: withClaims({ iat: NOW_SEC - 606, exp: NOW_SEC + 3_600 }),
    reason: "token-expired",
  },
  {
    name: "an exp of 1e300",
    token: withClaims({ exp: 1e300 }),
    reason: "token-invalid-claim",
  },
  {
    name: "an exp that parses as Infinity",
    token: (key) =>
      signParts(
        { alg: "RS256", typ: "JWT", kid: key.publicJwk.kid },
        JSON.stringify(sessionClaims({ exp: 0 })).replace(
          '"exp":0',
          '"exp":1e999',
        ),
        key,
      ),
    reason: "token-invalid-claim",
  },
];

const MISSING_CLAIMS: Attack[] = [
  ...["exp", "nbf", "iat", "sub", "sid"].map((name): Attack => ({
    name: `no ${name}`,
    token: withClaims({ [name]: undefined }),
    reason: "token-invalid-claim",
  })),
  ...["exp", "nbf", "iat"].map((name): Attack => ({
    name: `${name} as a text`,
    token: withClaims({ [name]: String(NOW_SEC) }),
    reason: "token-invalid-claim",
  })),
];

const ORIGIN_ATTACKS: Attack[] = [
  ...[
    ["another issuer", "https://clerk.other.example"],
    ["an issuer with a trailing slash", `${ISSUER}/`],
    ["an issuer in capitals", ISSUER.toUpperCase()],
    ["an issuer that starts with ours", `${ISSUER}.evil.example`],
    ["a prefix of our issuer", ISSUER.slice(0, -1)],
    ["a list of issuers with ours", [ISSUER]],
    ["no issuer", undefined],
  ].map(([name, iss]): Attack => ({
    name: String(name),
    token: withClaims({ iss }),
    reason: "token-invalid-issuer",
  })),
  {
    name: "a development instance's token",
    token: async () =>
      sessionToken({
        key: await testKey("RS256", "development"),
        claims: { iss: "https://fond-owl-7.clerk.accounts.dev" },
      }),
    reason: { PEM: "token-invalid-signature", JWKS: "jwk-kid-mismatch" },
  },
  ...[
    ["an azp of another origin", "https://evil.example"],
    ["an azp of a sibling subdomain", "https://x.billing.example"],
    ["an azp with a trailing slash", "https://billing.example/"],
    ["an azp with another port", "https://billing.example:8443"],
    ["an azp that is a list", ["https://billing.example"]],
    ["an empty azp", ""],
    ["no azp", undefined],
  ].map(([name, azp]): Attack => ({
    name: String(name),
    token: withClaims({ azp }),
    reason: "token-invalid-authorized-parties",
  })),
];

const SESSION_ATTACKS: Attack[] = [
  ...[7, "", null, ["user_1"], "u".repeat(256)].map((sub): Attack => ({
    name: `sub ${JSON.stringify(sub).slice(0, 20)}`,
    token: withClaims({ sub }),
    reason: "token-invalid-claim",
  })),
  ...[null, "", 7, {}].map((sid): Attack => ({
    name: `sid ${JSON.stringify(sid)}`,
    token: withClaims({ sid }),
    reason: "token-invalid-claim",
  })),
  ...["pending", "ended", 1, null].map((sts): Attack => ({
    name: `sts ${JSON.stringify(sts)}`,
    token: withClaims({ sts }),
    reason: "session-pending",
  })),
  {
    name: "a JWT template's claims",
    token: withClaims({
      sid: undefined,
      v: undefined,
      sts: undefined,
      fva: undefined,
      org_id: "org_1",
    }),
    reason: "token-invalid-claim",
  },
  {
    name: "a machine's claims",
    token: withClaims({ sid: undefined, azp: undefined, sub: "mch_1" }),
    reason: "token-invalid-claim",
  },
];

const ORGANIZATION_ATTACKS: Attack[] = [
  ...[1, 3, "2", null, 2.5].map((v): Attack => ({
    name: `v ${JSON.stringify(v)}`,
    token: withClaims({ v, org_id: "org_1" }),
    reason: "token-invalid-claim",
  })),
  ...[
    "org_1",
    ["org_1"],
    {},
    { id: null },
    { id: 7 },
    { id: "" },
    { id: "org 1" },
    { id: "../org_1" },
    { id: "örg" },
    { id: "org_1\n" },
    { id: "o".repeat(129) },
    { id: "org_1", rol: 7 },
    { id: "org_1", rol: "" },
    { id: "org_1", rol: "org:org:admin" },
  ].map((o): Attack => ({
    name: `o ${JSON.stringify(o).slice(0, 40)}`,
    token: withClaims({ o }),
    reason: "token-invalid-organization",
  })),
  ...[7, "", "org 1", ["org_1"], "o".repeat(129)].map((id): Attack => ({
    name: `org_id ${JSON.stringify(id).slice(0, 40)} of version 1`,
    token: withClaims({ v: undefined, org_id: id }),
    reason: "token-invalid-organization",
  })),
];

/** Correctly signed tokens whose claims must be refused. */
export const CLAIM_ATTACKS: readonly Attack[] = [
  ...TIME_ATTACKS,
  ...MISSING_CLAIMS,
  ...ORIGIN_ATTACKS,
  ...SESSION_ATTACKS,
  ...ORGANIZATION_ATTACKS,
];
