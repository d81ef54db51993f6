import type { SandboxMembership, SandboxPerson } from "@/lib/services.ts";

/** Everybody whom one can sign in as, a button for each organization. */
export function PersonChoices({ people, returnPath }: {
  people: readonly SandboxPerson[];
  returnPath: string | null;
}) {
  return (
    <ul class="people">
      {people.map((person) => (
        <li key={person.id} class="person">
          <h2 class="person-name">{person.name}</h2>
          <p class="soft">{person.email}</p>
          {choicesOf(person).map((choice) => (
            <form key={choice.orgId} method="post" action="/sign-in">
              <input type="hidden" name="user" value={person.id} />
              <input type="hidden" name="organization" value={choice.orgId} />
              {returnPath !== null && (
                <input type="hidden" name="redirect_url" value={returnPath} />
              )}
              <button class="choice" type="submit">
                <span class="choice-name">{choice.name}</span>
                <span class="soft">{choice.about}</span>
              </button>
            </form>
          ))}
        </li>
      ))}
    </ul>
  );
}

interface Choice {
  /** Empty: without an organization. */
  orgId: string;
  name: string;
  about: string;
}

/** Who is a member nowhere can still sign in. */
function choicesOf({ memberships }: SandboxPerson): Choice[] {
  if (memberships.length > 0) return memberships.map(asChoice);
  const about = "Member of none: what somebody new sees.";
  return [{ orgId: "", name: "No organization", about }];
}

function asChoice({ orgId, orgName, role, about }: SandboxMembership): Choice {
  const name = `${orgName}, ${role.replace(/^org:/, "")}`;
  return { orgId, name, about };
}
