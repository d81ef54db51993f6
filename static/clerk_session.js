// Renews an expired session with Clerk's script and reloads the page once.
// While a page is open, Clerk's script refreshes the session by itself.

const RELOADED = "portico:reloaded";

async function renew() {
  const { Clerk } = globalThis;
  if (Clerk === undefined) return; // blocked or unreachable
  await Clerk.load();
  if (document.querySelector("[data-signed-out]") === null) {
    sessionStorage.removeItem(RELOADED);
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

renew();
