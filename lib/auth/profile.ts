import type { Services } from "@/lib/services.ts";
import type { Principal } from "./principal.ts";

/** The names and the email address of a caller; null if unknown. */
export interface Profile {
  orgName: string | null;
  name: string | null;
  email: string | null;
}

/** Returns the caller's profile from the token, or from the local sign-in. */
export function profileOf(
  { sandbox }: Pick<Services, "sandbox">,
  principal: Principal,
): Profile {
  if (principal.kind !== "session") {
    return { orgName: null, name: null, email: null };
  }
  const { userId, orgId, orgName, email } = principal;
  const person = sandbox?.identity?.people.find(({ id }) => id === userId);
  const membership = person?.memberships
    .find((membership) => membership.orgId === orgId);
  return {
    orgName: orgName ?? membership?.orgName ?? null,
    name: person?.name ?? null,
    email: email ?? person?.email ?? null,
  };
}
