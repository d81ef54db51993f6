import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";
import { renderToString } from "preact-render-to-string";
import { type Context, pagesPath } from "../context.ts";
import { htmlResponse } from "./responses.ts";

const BusinessName = createContext("");

/** The name of the business whose page is rendered; for use in components. */
export function useBusinessName(): string {
  return useContext(BusinessName);
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
    <BusinessName.Provider value={context.businessName}>
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
    </BusinessName.Provider>,
  );
  return htmlResponse(`<!doctype html>${html}`, options);
}

/** The business's name after its initial as a logo. */
export function BrandMark() {
  const name = useBusinessName();
  return (
    <>
      <span class="brand-mark" aria-hidden="true">{name.slice(0, 1)}</span>
      {name}
    </>
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
