// Renews an expired session with Clerk's script and reloads the page once.
// While a page is open, Clerk's script refreshes the session by itself. Also
// offers the user's other organizations.

const RELOADED = "portico:reloaded";

async function renew() {
  const { Clerk } = globalThis;
  if (Clerk === undefined) return; // blocked or unreachable
  await Clerk.load();
  if (document.querySelector("[data-signed-out]") === null) {
    sessionStorage.removeItem(RELOADED);
    await offerOrganizations(Clerk);
    return;
  }
  const token = await Clerk.session?.getToken({ skipCache: true });
  if (token && sessionStorage.getItem(RELOADED) === null) {
    sessionStorage.setItem(RELOADED, "yes");
    location.reload();
  } else {
    offerSignIn(Clerk);
  }
}

/** Links to Clerk's sign-in page, for apps without AUTH_SIGN_IN_URL. */
function offerSignIn(Clerk) {
  const link = document.querySelector("[data-clerk-sign-in]");
  if (link === null) return;
  link.href = Clerk.buildSignInUrl({
    signInForceRedirectUrl: location.href,
    signUpForceRedirectUrl: location.href,
  });
  link.hidden = false;
}

/** Fills the organization menu, if the user belongs to several. */
async function offerOrganizations(Clerk) {
  const menu = document.querySelector("[data-clerk-organizations]");
  if (menu === null || !Clerk.user || !Clerk.organization) return;
  const { data } = await Clerk.user.getOrganizationMemberships();
  const others = data.map(({ organization }) => organization)
    .filter(({ id }) => id !== Clerk.organization.id);
  if (others.length === 0) return;
  menu.querySelector(".switcher-name").textContent = Clerk.organization.name;
  menu.querySelector(".switcher-menu").replaceChildren(
    ...others.map(({ id, name }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.addEventListener("click", async () => {
        await Clerk.setActive({ organization: id });
        location.assign("/organization");
      });
      return button;
    }),
  );
  menu.hidden = false;
}

renew();
