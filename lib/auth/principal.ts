import type { Actor } from "@/lib/store/activity.ts";
import type { Scope } from "@/lib/store/api_keys.ts";

/** The caller of a request: a person or a program. */
export type Principal = SessionPrincipal | KeyPrincipal;

/** A person, authenticated by a session token. */
export interface SessionPrincipal {
  kind: "session";
  userId: string;
  sessionId: string;
  /** The organization that is active in the session; null for none. */
  orgId: string | null;
  /** `org:<role>`; null without an organization or a role. */
  role: string | null;
  /** Whether another person acts as this one (claim `act`). */
  impersonated: boolean;
  via: "bearer" | "cookie";
}

/** A program, authenticated by an organization's API key. */
export interface KeyPrincipal {
  kind: "api_key";
  /** `key_…` */
  apiKeyId: string;
  orgId: string;
  scopes: readonly Scope[];
  /** The first characters of the key; safe to log and to show. */
  prefix: string;
}

/** Names the principal as the actor of an activity. */
export function actorOf(principal: Principal): Actor {
  return principal.kind === "session"
    ? { type: "user", id: principal.userId }
    : { type: "api_key", id: principal.apiKeyId };
}
