import type { Actor } from "@/lib/store/activity.ts";
import type { Scope } from "@/lib/store/api_keys.ts";
import type { ServiceScope } from "@/lib/store/service_keys.ts";

/** The caller of a request: a person or a program. */
export type Principal =
  | SessionPrincipal
  | ApiKeyPrincipal
  | ServiceKeyPrincipal;

/** A person, authenticated by a session token. */
export interface SessionPrincipal {
  kind: "session";
  userId: string;
  /** Null if the issuer's tokens have no `sid`. */
  sessionId: string | null;
  /** The organization that is active in the session; null for none. */
  orgId: string | null;
  /** As `BILLING_ROLES` spells it; null without an organization or a role. */
  role: string | null;
  /** The organization's display name; null if the token has none. */
  orgName: string | null;
  /** The person's email address; null if the token has none. */
  email: string | null;
  /** Whether another person acts as this one (claim `act`). */
  impersonated: boolean;
  via: "bearer" | "cookie";
}

/** A program, authenticated by an organization's API key. */
export interface ApiKeyPrincipal {
  kind: "api_key";
  /** `key_…` */
  apiKeyId: string;
  orgId: string;
  scopes: readonly Scope[];
  /** The first characters of the key; safe to log and to show. */
  prefix: string;
}

/** The product's own backend, authenticated by a service key. */
export interface ServiceKeyPrincipal {
  kind: "service_key";
  /** `svc_…` */
  serviceKeyId: string;
  /** The organization that the call names; null if it names none. */
  orgId: string | null;
  scopes: readonly ServiceScope[];
  /** The first characters of the key; safe to log and to show. */
  prefix: string;
}

/** Names the principal as the actor of an activity. */
export function actorOf(principal: Principal): Actor {
  switch (principal.kind) {
    case "session":
      return { type: "user", id: principal.userId };
    case "api_key":
      return { type: "api_key", id: principal.apiKeyId };
    case "service_key":
      return { type: "service_key", id: principal.serviceKeyId };
  }
}
