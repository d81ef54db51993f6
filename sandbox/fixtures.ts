import type { SandboxMembership, SandboxPerson } from "@/lib/sandbox.ts";

/** The test users of the local sign-in. */
export const PEOPLE: readonly SandboxPerson[] = [
  {
    id: "user_tilda_okonjo",
    name: "Tilda Okonjo",
    email: "tilda@northwind.example",
    memberships: [
      {
        orgId: "org_northwind",
        orgName: "Northwind Atelier",
        role: "org:admin",
        about: "Has a Stripe customer. Can manage billing.",
      },
      {
        orgId: "org_paperlantern",
        orgName: "Paper Lantern",
        role: "org:member",
        about: "Her second organization, without payments.",
      },
    ],
  },
  {
    id: "user_bram_castellan",
    name: "Bram Castellan",
    email: "bram@northwind.example",
    memberships: [{
      orgId: "org_northwind",
      orgName: "Northwind Atelier",
      role: "org:member",
      about: "A member. BILLING_ROLES decides what they can do.",
    }],
  },
  {
    id: "user_mirei_halloran",
    name: "Mirei Halloran",
    email: "mirei@paperlantern.example",
    memberships: [{
      orgId: "org_paperlantern",
      orgName: "Paper Lantern",
      role: "org:admin",
      about: "No Stripe customer yet. Starts with Checkout.",
    }],
  },
  {
    id: "user_osric_vale",
    name: "Osric Vale",
    email: "osric@mail.example",
    memberships: [],
  },
];

/**
 * Finds a user's membership in an organization.
 *
 * @returns Null if `orgId` is null, undefined if {@linkcode PEOPLE} has no such
 * user or membership.
 */
export function findMembership(
  userId: string,
  orgId: string | null,
): SandboxMembership | null | undefined {
  const person = PEOPLE.find((person) => person.id === userId);
  if (person === undefined) return undefined;
  if (orgId === null) return null;
  return person.memberships.find((membership) => membership.orgId === orgId);
}
