import type { ComponentChildren } from "preact";
import { asset, Head } from "fresh/runtime";
import { modeOf } from "@/lib/config/mode.ts";
import type { Visitor } from "@/lib/pages/page_route.ts";
import { hasSandboxPage } from "@/lib/pages/sandbox_console.ts";
import type { Services } from "@/lib/services.ts";
import { Logo } from "./Logo.tsx";

interface PageProps {
  title: string;
  services: Services;
  /** Omitted on pages that don't authenticate. */
  visitor?: Visitor | null;
  /** The navigation entry to mark as current. */
  current?: "organization" | "account" | "pricing";
  children: ComponentChildren;
}

/** The page frame: mode bar, header, main landmark and footer. */
export function Page(
  { title, services, visitor, current, children }: PageProps,
) {
  return (
    <>
      <Head>
        <title>{`${title} · Portico`}</title>
      </Head>
      <a class="skip" href="#content">Skip to content</a>
      <ModeBar services={services} />
      <header class="header wrap">
        <a class="brand" href="/organization" aria-current="false">
          <Logo />
          Portico
        </a>
        <nav class="nav" aria-label="Main">
          <a href="/organization" {...ariaCurrent(current === "organization")}>
            Organization
          </a>
          <a href="/account" {...ariaCurrent(current === "account")}>Account</a>
          <a href="/pricing" {...ariaCurrent(current === "pricing")}>Pricing</a>
        </nav>
        {visitor && <UserMenu visitor={visitor} services={services} />}
      </header>
      <main id="content" class="wrap" tabIndex={-1}>{children}</main>
      <footer class="footer">
        <p class="wrap">
          Cards and invoices are kept by Stripe. Portico never sees a card
          number.
        </p>
      </footer>
      {visitor && <ClerkSession services={services} />}
    </>
  );
}

function ariaCurrent(isCurrent: boolean) {
  return isCurrent ? { "aria-current": "page" as const } : {};
}

/** Names the sandbox or test mode; absent in live mode. */
function ModeBar({ services }: { services: Services }) {
  const mode = modeOf(services.config);
  if (mode.name === "live") return null;
  return (
    <p class="mode">
      <strong>{mode.name === "sandbox" ? "Sandbox" : "Test mode"}</strong>
      {` · ${mode.stripe} · ${mode.signIn}`}
      {hasSandboxPage(services) && (
        <>
          {" · "}
          <a href="/sandbox">Behind the scenes</a>
        </>
      )}
    </p>
  );
}

function UserMenu(
  { visitor, services }: { visitor: Visitor; services: Services },
) {
  return (
    <div class="user-menu">
      {visitor.person && <span class="user-name">{visitor.person.name}</span>}
      {services.config.auth.signOutUrl !== null && (
        <form method="post" action="/sign-out">
          <button class="quiet" type="submit">Sign out</button>
        </form>
      )}
    </div>
  );
}

/**
 * Loads Clerk's script, which refreshes the session cookie while a page is
 * open. `clerk_session.js` also renews an expired session through it.
 */
export function ClerkSession({ services }: { services: Services }) {
  const { clerk } = services.config.auth;
  if (clerk === null) return null;
  return (
    <>
      <script
        src={`${clerk.frontendApi}${CLERK_SCRIPT}`}
        crossorigin="anonymous"
        defer
        data-clerk-publishable-key={clerk.publishableKey}
      />
      <script src={asset("/clerk_session.js")} defer />
    </>
  );
}

const CLERK_SCRIPT = "/npm/@clerk/clerk-js@5/dist/clerk.browser.js";
