import type { Visitor } from "@/lib/pages/page_route.ts";
import type { Translate } from "@/lib/pages/translate.ts";
import type { Services } from "@/lib/services.ts";

/**
 * The active organization, and a menu of the visitor's others. With Clerk its
 * script fills the menu, because session tokens name the active one only.
 */
export function OrganizationSwitcher({ visitor, services, t }: {
  visitor: Visitor;
  services: Services;
  t: Translate;
}) {
  const { organization, person, principal } = visitor;
  const others = (person?.organizations ?? [])
    .filter(({ id }) => id !== organization?.id);
  const isClerk = services.config.auth.clerk !== null;
  if (organization === null || others.length === 0 && !isClerk) return null;
  return (
    <>
      <details
        class="switcher"
        hidden={others.length === 0}
        data-clerk-organizations={isClerk ? "" : undefined}
      >
        <summary>
          <span class="visually-hidden">{`${t("frame.organization")}: `}</span>
          <span class="switcher-name">
            {organization.name ?? organization.id}
          </span>
        </summary>
        <form class="switcher-menu" method="post" action="/sign-in">
          <input type="hidden" name="user" value={principal.userId} />
          <input type="hidden" name="redirect_url" value="/organization" />
          {others.map(({ id, name }) => (
            <button key={id} type="submit" name="organization" value={id}>
              {name}
            </button>
          ))}
        </form>
      </details>
      <script dangerouslySetInnerHTML={{ __html: CLOSE }} />
    </>
  );
}

/** Closes the menu with Escape, and on a click beside it. */
const CLOSE = '{const menu=document.querySelector(".switcher");' +
  'addEventListener("click",({target})=>{' +
  "if(!menu.contains(target))menu.open=false});" +
  'addEventListener("keydown",({key})=>{if(key==="Escape"&&menu.open){' +
  "menu.open=false;menu.firstElementChild.focus()}})}";
