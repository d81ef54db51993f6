import { type Translate, translator } from "@/lib/pages/translate.ts";
import type { SandboxMembership, SandboxPerson } from "@/lib/sandbox.ts";

/** The sandbox's test users, with a sign-in button per organization. */
export function PersonChoices({ people, returnPath, locale }: {
  people: readonly SandboxPerson[];
  returnPath: string | null;
  locale: string;
}) {
  const t = translator(locale);
  return (
    <ul class="people">
      {people.map((person) => (
        <li key={person.id} class="person">
          <h2 class="person-name">{person.name}</h2>
          <p class="soft">{person.email}</p>
          {signInChoices(person, t).map((choice) => (
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

interface SignInChoice {
  /** Empty to sign in without an organization. */
  orgId: string;
  name: string;
  about: string;
}

function signInChoices(
  { memberships }: SandboxPerson,
  t: Translate,
): SignInChoice[] {
  if (memberships.length > 0) return memberships.map(toChoice);
  const about = t("sign_in.no_organization_about");
  return [{ orgId: "", name: t("sign_in.no_organization"), about }];
}

function toChoice(
  { orgId, orgName, role, about }: SandboxMembership,
): SignInChoice {
  const name = `${orgName}, ${role.replace(/^org:/, "")}`;
  return { orgId, name, about };
}
