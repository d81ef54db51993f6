// Keeps the session of an open page fresh with Clerk's script, and renews one
// that ran out while its person was elsewhere: then the page reloads, once.

const RELOADED = "portico:reloaded";

async function renew() {
  const { Clerk } = globalThis;
  if (Clerk === undefined) return; // blocked, or not reachable: links remain
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

/** Without an address of our own, Clerk's sign-in is the way on. */
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
