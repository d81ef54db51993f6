import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";
import { renderToString } from "preact-render-to-string";
import { type Branding, type Context, pagesPath } from "../context.ts";
import { htmlResponse } from "./responses.ts";

type Business = Pick<Context, "businessName" | "branding">;

const BusinessContext = createContext<Business>({
  businessName: "",
  branding: {},
});

/** The name of the business whose page is rendered; for use in components. */
export function useBusinessName(): string {
  return useContext(BusinessContext).businessName;
}

export interface DocumentOptions {
  title: string;
  /** The panel beside the content. */
  brand: ComponentChildren;
  frame?: "checkout";
  /** 200 by default. */
  status?: number;
  /** Origins to which the page's forms may redirect. */
  formTargets?: string[];
}

/** Renders the HTML document that all hosted pages share: a brand panel and the content. */
export function renderDocument(
  context: Context,
  options: DocumentOptions,
  content: ComponentChildren,
): Response {
  const html = renderToString(
    <BusinessContext.Provider value={context}>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <title>{`${options.title} · ${context.businessName}`}</title>
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <meta name="color-scheme" content="light dark" />
          <link rel="icon" href="data:," />
          <link
            rel="stylesheet"
            href={`${pagesPath(context)}/p/style.css`}
          />
        </head>
        <body>
          <a class="skip" href="#content">Skip to content</a>
          <div class={options.frame ? `frame ${options.frame}` : "frame"}>
            <header class="brand">
              <div class="brand-inner">{options.brand}</div>
            </header>
            <main class="content" id="content">
              <div class="content-inner">{content}</div>
            </main>
          </div>
        </body>
      </html>
    </BusinessContext.Provider>,
  );
  return htmlResponse(`<!doctype html>${html}`, {
    ...options,
    logo: context.branding.logo,
  });
}

/** The business's name after its logo, or after its initial without one. */
export function BrandMark() {
  const { businessName: name, branding: { logo } } = useContext(
    BusinessContext,
  );
  return (
    <>
      {logo === undefined
        ? <span class="brand-mark" aria-hidden="true">{name.slice(0, 1)}</span>
        : <img class="brand-logo" src={logo} alt="" />}
      {name}
    </>
  );
}

/** The links of the business: support, terms and privacy. */
export function BrandLinks({ links }: {
  /** Links that replace the account's, as the portal's configuration may. */
  links?: { href: string; text: string }[];
}) {
  const { branding } = useContext(BusinessContext);
  const shown = links ?? brandLinks(branding);
  if (shown.length === 0) return null;
  return (
    <nav class="brand-links" aria-label="About this business">
      {shown.map(({ href, text }) => (
        <a key={href} href={href} rel="noreferrer">{text}</a>
      ))}
    </nav>
  );
}

/** Returns the links that the account has. */
export function brandLinks(
  { supportUrl, termsUrl, privacyUrl }: Branding,
): { href: string; text: string }[] {
  const links = [[supportUrl, "Support"], [termsUrl, "Terms"], [
    privacyUrl,
    "Privacy",
  ]] as const;
  return links.flatMap(([href, text]) =>
    href === undefined ? [] : [{ href, text }]
  );
}

/** The notice, on every page, that this is not Stripe. */
export function StandIn() {
  return (
    <p class="stand-in" role="note">
      <strong>Local stand-in for Stripe</strong>
      <span>No real money. Nothing leaves this machine.</span>
    </p>
  );
}
