import { mayManageBilling } from "@/lib/auth/permissions.ts";
import {
  claimNames,
  type RefusalReason,
  type VerifiedSession,
} from "@/lib/auth/session_claims.ts";
import type { Config } from "@/lib/config/config.ts";
import { BillingError } from "@/lib/errors.ts";
import { createLog, type Log } from "@/lib/log.ts";
import type { Services } from "@/lib/services.ts";

/** A step of the verification of a token. */
export interface TokenStep {
  name: string;
  /** Null if an earlier step failed, so that this one did not run. */
  ok: boolean | null;
  detail: string;
  /** The fix; null if there is no known one. */
  fix: string | null;
}

/** A log that keeps the reason of the last refusal, and prints nothing. */
export function createReasonLog(): { log: Log; reason: () => string | null } {
  let reason: string | null = null;
  const log = createLog({
    level: "debug",
    format: "json",
    write(line) {
      const { message, reason: logged } = JSON.parse(line);
      if (message === "session token refused") reason = String(logged);
    },
  });
  return { log, reason: () => reason };
}

/** The parts of a token that explain the result. Nothing here is verified. */
interface Decoded {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
}

interface Step {
  name: string;
  /** The reasons of a refusal in this step. */
  reasons: readonly RefusalReason[];
  describe: (token: Decoded, config: Config, nowMs: number) => string;
  fix: string;
}

/** In the order of the verification. Personal claims are not shown. */
const STEPS: readonly Step[] = [
  {
    name: "format",
    reasons: ["token-malformed", "token-too-long", "token-invalid"],
    describe: () => "a JSON Web Token has three base64url parts, 8 KiB at most",
    fix: "pass the session's JWT, not an opaque token or a cookie's JSON",
  },
  {
    name: "header",
    reasons: [
      "token-invalid-header",
      "token-type-mismatch",
      "token-invalid-algorithm",
    ],
    describe: ({ header, claims }, { auth: { rules } }) => {
      const { refusedClaim } = rules;
      const types = rules.types.map((type) => type ?? "none").join(" or ");
      const kind = refusedClaim && refusedClaim.name in claims
        ? `, ${refusedClaim.name} is ${show(claims[refusedClaim.name])}`
        : "";
      return `alg is ${show(header["alg"])} (RS256, ES256 or EdDSA), ` +
        `typ is ${show(header["typ"])} (expected ${types})${kind}`;
    },
    fix:
      "use the session token of a user, signed with a public key; HS256 and " +
      "tokens of programs are refused. Check AUTH_PROVIDER",
  },
  {
    name: "key",
    reasons: ["jwk-kid-mismatch"],
    describe: ({ header }) =>
      "kid" in header ? "chosen by kid" : "the token names no key (kid)",
    fix: "set AUTH_JWKS_URL to the key set of the issuer that signed the token",
  },
  {
    name: "signature",
    reasons: ["token-invalid-signature"],
    describe: () => "made with the configured key",
    fix: "check that the token and the key belong to the same issuer and " +
      "environment",
  },
  {
    name: "claims",
    reasons: ["token-invalid-claim", "session-pending"],
    describe: ({ claims }, { auth: { rules } }) => {
      const required = ["exp", "iat", "sub", ...rules.requiredClaims];
      const missing = required.filter((name) => !(name in claims));
      return missing.length > 0
        ? `missing ${missing.join(", ")}`
        : `has ${required.join(", ")}` +
          ("sts" in claims ? `, sts is ${show(claims["sts"])}` : "");
    },
    fix: "check AUTH_PROVIDER, or add the claims to the token",
  },
  {
    name: "issuer",
    reasons: ["token-invalid-issuer"],
    describe: ({ claims }, { auth }) =>
      `iss is ${show(claims["iss"])}, expected ${auth.issuer ?? "anything"}`,
    fix: "set AUTH_ISSUER to the value of iss, with its trailing slash if any",
  },
  {
    name: "audience",
    reasons: ["token-invalid-audience"],
    describe: ({ claims }, { auth }) =>
      `aud is ${show(claims["aud"])}, expected ${
        auth.audience?.join(" or ") ?? "anything"
      }`,
    fix: "request the token for the audience of AUTH_AUDIENCE",
  },
  {
    name: "time",
    reasons: [
      "token-expired",
      "token-not-active-yet",
      "token-iat-in-the-future",
    ],
    describe: ({ claims: { iat, exp } }, { auth }, nowMs) =>
      `issued ${age(iat, nowMs)}, expires ${age(exp, nowMs)}; ` +
      `at most ${auth.rules.maxAgeSec} s old`,
    fix: "use a fresh token, synchronize the clocks, or set AUTH_MAX_AGE",
  },
  {
    name: "authorized party",
    reasons: ["token-invalid-authorized-parties"],
    describe: ({ claims }, { auth }) =>
      `azp is ${show(claims["azp"])}, expected ${
        auth.authorizedParties?.join(" or ") ?? "anything"
      }`,
    fix: "list the origin in AUTH_AUTHORIZED_PARTIES, or unset it if azp is " +
      "not an origin",
  },
  {
    name: "organization",
    reasons: ["token-invalid-organization"],
    describe: ({ claims }, { auth: { rules } }) =>
      `expected in ${rules.orgClaim?.join(".") ?? "o.id or org_id"}; ` +
      `the token has ${claimNames(claims, rules).join(", ")}`,
    fix: "set AUTH_ORG_CLAIM and AUTH_ROLE_CLAIM; an id has 1 to 128 of " +
      "A-Z a-z 0-9 _ -, a role is a text",
  },
];

/**
 * Explains step by step why a session token is accepted or refused. The result
 * is that of the app's own verification. It contains neither the token nor the
 * claims that identify the user.
 *
 * @param services Created with the log of `reason`.
 */
export async function explainToken(
  { sessions, config, now }: Pick<Services, "sessions" | "config" | "now">,
  reason: () => string | null,
  token: string,
): Promise<TokenStep[]> {
  const decoded = decode(token);
  let session: VerifiedSession | null = null;
  let failure: string | null = null;
  let unavailable: string | null = null;
  try {
    session = await sessions.verify(token);
  } catch (error) {
    if (!(error instanceof BillingError)) throw error;
    failure = error.code === "unauthorized" ? reason() : "jwk-kid-mismatch";
    if (error.code !== "unauthorized") unavailable = error.message;
  }
  const failedAt = STEPS.findIndex(({ reasons }) =>
    reasons.some((one) => one === failure)
  );
  const steps = STEPS.map((step, index): TokenStep => {
    const { name, describe, fix } = step;
    const isLater = failedAt >= 0 && index > failedAt;
    if (isLater) return { name, ok: null, detail: "not checked", fix: null };
    const detail = describe(decoded, config, now());
    return index === failedAt
      ? { name, ok: false, detail: unavailable ?? detail, fix }
      : { name, ok: true, detail, fix: null };
  });
  return session === null ? steps : [...steps, ...conclude(config, session)];
}

/** The steps after the verification: what the session may do. */
function conclude(config: Config, session: VerifiedSession): TokenStep[] {
  const { orgId, role } = session;
  if (orgId === null) {
    return [{
      name: "result",
      ok: false,
      detail: "accepted, but without an organization: API calls are 400",
      fix: "choose an organization in the session, or set AUTH_ORG_CLAIM",
    }];
  }
  const via = "bearer" as const;
  const principal = { kind: "session" as const, ...session, via };
  const may = mayManageBilling({ config }, principal) ? "may" : "may not";
  const acts = `accepted for organization ${orgId}, role ${role ?? "none"}`;
  const billing = `which ${may} manage billing`;
  return [{
    name: "result",
    ok: true,
    detail: `${acts}, ${billing}`,
    fix: null,
  }];
}

function decode(token: string): Decoded {
  const [header, claims] = token.split(".").map(decodePart);
  return { header: header ?? {}, claims: claims ?? {} };
}

function decodePart(part: string): Record<string, unknown> {
  try {
    const bytes = Uint8Array.fromBase64(part, { alphabet: "base64url" });
    const value = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {}; // shown as missing
    throw error;
  }
}

/** Bounds a value, which may be anything. */
function show(value: unknown): string {
  return value === undefined ? "missing" : JSON.stringify(value).slice(0, 200);
}

function age(time: unknown, nowMs: number): string {
  if (typeof time !== "number") return `at ${show(time)}`;
  const seconds = Math.round(time - nowMs / 1000);
  return seconds <= 0 ? `${0 - seconds} s ago` : `in ${seconds} s`;
}

/** Formats the steps for the terminal: a line each, and a line per fix. */
export function formatSteps(steps: readonly TokenStep[]): string[] {
  return steps.flatMap(({ name, ok, detail, fix }) => [
    `${ok === null ? "-   " : ok ? "ok  " : "FAIL"} ${name}: ${detail}`,
    ...(fix === null ? [] : [`     to fix it, ${fix}`]),
  ]);
}
