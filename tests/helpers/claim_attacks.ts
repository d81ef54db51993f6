import type { TokenRules } from "@/lib/config/auth_presets.ts";
import { AUDIENCE, type Issuer } from "./issuers.ts";
import { type Attack, withClaims } from "./token_attacks.ts";
import {
  ISSUER,
  NOW_MS,
  sessionToken,
  signParts,
  type TestKey,
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
    name: "an iat older than the maximum age",
    token: (key, { rules, shape }) =>
      sessionToken({
        key,
        shape,
        claims: { iat: NOW_SEC - rules.maxAgeSec - 6, exp: NOW_SEC + 3_600 },
      }),
    reason: "token-expired",
  },
  {
    name: "an exp of 1e300",
    token: withClaims({ exp: 1e300 }),
    reason: "token-invalid-claim",
  },
  {
    name: "an exp that parses as Infinity",
    token: (key, { shape }) =>
      signParts(
        { alg: "RS256", ...shape.header, kid: key.publicJwk.kid },
        JSON.stringify({ ...shape.claims(NOW_SEC), exp: 0 }).replace(
          '"exp":0',
          '"exp":1e999',
        ),
        key,
      ),
    reason: "token-invalid-claim",
  },
];

function isRequired({ requiredClaims }: TokenRules, name: string): boolean {
  return ["exp", "iat", "sub", ...requiredClaims].includes(name);
}

const MISSING_CLAIMS: Attack[] = [
  ...["exp", "nbf", "iat", "sub", "sid"].map((name): Attack => ({
    name: `no ${name}`,
    token: withClaims({ [name]: undefined }),
    reason: "token-invalid-claim",
    refusedBy: ({ rules }) => isRequired(rules, name),
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
    token: async (_key, { shape }) =>
      sessionToken({
        shape,
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
    refusedBy: ({ authorizedParties }) => authorizedParties !== null,
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
    refusedBy: isClerk,
  },
  {
    name: "a machine's claims",
    token: withClaims({ sid: undefined, azp: undefined, sub: "mch_1" }),
    reason: "token-invalid-claim",
    refusedBy: isClerk,
  },
];

function isClerk({ rules }: Pick<Issuer, "rules">): boolean {
  return rules.provider === "clerk";
}

/** The claims of a member, in the issuer's own place. */
const withMembership =
  (id: unknown, role: unknown) =>
  (key: TestKey, { shape, membership }: Issuer) =>
    sessionToken({ key, shape, claims: membership(id, role) });

const ODD_IDS = [
  ...[7, "", "org 1", ["org_1"], {}, true, "o".repeat(129)],
  ...["../org_1", "örg", "org_1\n"],
];

const ORGANIZATION_ATTACKS: Attack[] = [
  ...[1, 3, "2", null, 2.5].map((v): Attack => ({
    name: `v ${JSON.stringify(v)}`,
    token: withClaims({ v, org_id: "org_1" }),
    reason: "token-invalid-claim",
    refusedBy: isClerk,
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
    refusedBy: isClerk,
  })),
  ...[7, "", "org 1", ["org_1"], "o".repeat(129)].map((id): Attack => ({
    name: `org_id ${JSON.stringify(id).slice(0, 40)} of version 1`,
    token: withClaims({ v: undefined, org_id: id }),
    reason: "token-invalid-organization",
    refusedBy: isClerk,
  })),
  ...ODD_IDS.map((id): Attack => ({
    name: `organization ${JSON.stringify(id).slice(0, 40)}`,
    token: withMembership(id, "admin"),
    reason: "token-invalid-organization",
  })),
  ...[7, "", ["admin"], {}, "a,b", "r".repeat(129)].map((role): Attack => ({
    name: `role ${JSON.stringify(role).slice(0, 40)}`,
    token: withMembership("org_1", role),
    reason: "token-invalid-organization",
    refusedBy: ({ rules }) => isClerk({ rules }) || rules.roleClaim !== null,
  })),
];

const AUDIENCE_ATTACKS: Attack[] = [
  undefined,
  "my_client_id",
  ["https://other.example/api"],
  [],
  `${AUDIENCE}/`,
].map((aud): Attack => ({
  name: `aud ${JSON.stringify(aud) ?? "absent"}`,
  token: withClaims({ aud }),
  reason: "token-invalid-audience",
  refusedBy: ({ audience }) => audience !== null,
}));

const PROGRAM_ATTACKS: Attack[] = [
  "client-credentials",
  ["client-credentials"],
].map((gty): Attack => ({
  name: `a program's token, gty ${JSON.stringify(gty)}`,
  token: withClaims({ gty }),
  reason: "token-type-mismatch",
  refusedBy: ({ provider }) => provider === "auth0",
}));

/** Correctly signed tokens whose claims must be refused. */
export const CLAIM_ATTACKS: readonly Attack[] = [
  ...TIME_ATTACKS,
  ...MISSING_CLAIMS,
  ...ORIGIN_ATTACKS,
  ...SESSION_ATTACKS,
  ...ORGANIZATION_ATTACKS,
  ...AUDIENCE_ATTACKS,
  ...PROGRAM_ATTACKS,
];
