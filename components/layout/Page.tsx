import type { ComponentChildren } from "preact";
import { asset, Head } from "fresh/runtime";
import type { BrandConfig } from "@/lib/config/brand.ts";
import type { Config } from "@/lib/config/config.ts";
import type { Language } from "@/lib/config/languages.ts";
import { modeOf } from "@/lib/config/mode.ts";
import type { Visitor } from "@/lib/pages/page_route.ts";
import { hasSandboxPage } from "@/lib/pages/sandbox_console.ts";
import { type Translate, translator } from "@/lib/pages/translate.ts";
import type { Services } from "@/lib/services.ts";
import { LanguageChoice } from "./LanguageChoice.tsx";
import { Brand, isPortico } from "./Brand.tsx";
import { Logo } from "./Logo.tsx";
import { MovedTabs } from "./MovedTabs.tsx";
import { OrganizationSwitcher } from "./OrganizationSwitcher.tsx";
import {
  navigationOf,
  PUBLIC_PAGES,
  type PublicPageName,
  type SectionName,
} from "./sections.ts";

interface PageProps {
  title: string;
  services: Services;
  locale: string;
  /** If the content is not in the language of `locale`. */
  contentLanguage?: Language;
  /** Omitted on pages that don't authenticate. */
  visitor?: Visitor | null;
  /** The navigation entry to mark as current. */
  current?: SectionName | PublicPageName;
  children: ComponentChildren;
}

/** The page frame: mode bar, header, main landmark and footer. */
export function Page(
  { title, services, locale, contentLanguage, visitor, current, children }:
    PageProps,
) {
  const t = translator(locale);
  const { brand } = services.config;
  return (
    <>
      <Head>
        <title>{`${title} · ${brand.name}`}</title>
      </Head>
      <a class="skip" href="#content">{t("frame.skip")}</a>
      <ModeBar services={services} t={t} />
      <header class="header wrap">
        <a class="brand" href="/organization" aria-current="false">
          <Brand brand={brand} />
        </a>
        {visitor && (
          <OrganizationSwitcher visitor={visitor} services={services} t={t} />
        )}
        {visitor && <UserMenu visitor={visitor} services={services} t={t} />}
        <Nav visitor={visitor} current={current} t={t} />
      </header>
      <main id="content" class="wrap" tabIndex={-1} lang={contentLanguage}>
        {children}
      </main>
      <footer class="footer">
        <div class="wrap footer-row">
          <p>{t("frame.footer")}</p>
          <FooterLinks brand={brand} visitor={visitor} t={t} />
          <LanguageChoice locale={locale} />
        </div>
      </footer>
      {current === "plans" && <MovedTabs />}
      {visitor && <ClerkSession services={services} />}
    </>
  );
}

/** The organization's pages, or the public ones. */
function Nav({ visitor, current, t }: {
  visitor: Visitor | null | undefined;
  current: string | undefined;
  t: Translate;
}) {
  return (
    <nav class="nav" aria-label={t("frame.nav")}>
      {navigationOf(visitor?.organization).map(([name, { href, label }]) => (
        <a
          key={name}
          id={current === "plans" && name !== current ? `/${name}` : undefined}
          href={href}
          aria-current={name === current ? "page" : "false"}
        >
          {t(label)}
        </a>
      ))}
    </nav>
  );
}

/** The public pages, unless the navigation has them, and the brand's links. */
function FooterLinks({ brand, visitor, t }: {
  brand: BrandConfig;
  visitor: Visitor | null | undefined;
  t: Translate;
}) {
  const { pricing, docs } = PUBLIC_PAGES;
  const links = [
    ...(visitor?.organization
      ? [[pricing.href, t(pricing.label)], [docs.href, t(docs.label)]]
      : []),
    [brand.supportUrl, t("frame.support")],
    [brand.termsUrl, t("frame.terms")],
    [brand.privacyUrl, t("frame.privacy")],
  ] as const;
  return (
    <p class="footer-links">
      {links.map(([href, label]) =>
        href && <a key={href} href={href} aria-current="false">{label}</a>
      )}
    </p>
  );
}

/** Names the sandbox or test mode; absent in live mode. */
function ModeBar({ services, t }: { services: Services; t: Translate }) {
  const mode = modeOf(services.config).name;
  if (mode === "live") return null;
  return (
    <aside class="mode" aria-label={t("mode.label")}>
      {!isPortico(services.config.brand) && <Logo />}
      <strong>{mode === "sandbox" ? t("mode.sandbox") : t("mode.test")}</strong>
      {` · ${stripeLabel(services.config, t)} · ${
        services.config.auth.keys.kind === "sandbox"
          ? t("mode.local_sign_in")
          : t("mode.your_sign_in")
      }`}
      {hasSandboxPage(services) && (
        <>
          {" "}
          <span class="mode-dot">·</span>{" "}
          <a href="/sandbox">{t("frame.console")}</a>
        </>
      )}
    </aside>
  );
}

function stripeLabel({ stripe }: Config, t: Translate): string {
  if (stripe.mode === "sandbox") return t("mode.local_stripe");
  const mode = stripe.mode === "test"
    ? t("mode.stripe_test")
    : t("mode.stripe_live");
  if (stripe.apiBase === null) return mode;
  return `${mode}, ${t("mode.stripe_at", { origin: stripe.apiBase.origin })}`;
}

function UserMenu(
  { visitor, services, t }: {
    visitor: Visitor;
    services: Services;
    t: Translate;
  },
) {
  return (
    <div class="user-menu">
      {visitor.person && <span class="user-name">{visitor.person.name}</span>}
      {services.config.auth.signOutUrl !== null && (
        <form method="post" action="/sign-out">
          <button class="quiet" type="submit">{t("frame.sign_out")}</button>
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
