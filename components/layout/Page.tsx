import type { ComponentChildren } from "preact";
import { asset, Head } from "fresh/runtime";
import { modeOf } from "@/lib/config/mode.ts";
import { hasSandboxPage } from "@/lib/sandbox_console.ts";
import type { Services } from "@/lib/services.ts";
import type { Visitor } from "@/lib/pages/page_route.ts";
import { Mark } from "./Logo.tsx";

/** What surrounds a page's own content. */
export interface PageFrame {
  title: string;
  services: Services;
  /** Who looks at it; left out where the page does not ask. */
  visitor?: Visitor | null;
  /** Which entry of the navigation this is. */
  current?: "organization" | "account" | "pricing";
  children: ComponentChildren;
}

/** Everything on a page but its content: mode, header, landmarks, footer. */
export function Page(
  { title, services, visitor, current, children }: PageFrame,
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
          <Mark />
          Portico
        </a>
        <nav class="nav" aria-label="Main">
          <a href="/organization" {...here(current === "organization")}>
            Organization
          </a>
          <a href="/account" {...here(current === "account")}>Account</a>
          <a href="/pricing" {...here(current === "pricing")}>Pricing</a>
        </nav>
        {visitor && <Who visitor={visitor} services={services} />}
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

function here(isCurrent: boolean) {
  return isCurrent ? { "aria-current": "page" as const } : {};
}

/** Says that nothing here is real, unless it is. */
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

function Who({ visitor, services }: { visitor: Visitor; services: Services }) {
  return (
    <div class="who">
      {visitor.person && <span class="who-name">{visitor.person.name}</span>}
      {services.sandbox?.identity && (
        <form method="post" action="/sign-out">
          <button class="quiet" type="submit">Sign out</button>
        </form>
      )}
    </div>
  );
}

/**
 * Clerk's script, which keeps the session's cookie fresh while a page is open
 * and renews one that ran out; ours tells it when.
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
