import type { VNode } from "preact";
import type { Context } from "../context.ts";
import {
  BrandLinks,
  BrandMark,
  renderDocument,
  StandIn,
  useBusinessName,
} from "./document.tsx";
import { NotFound } from "./messages.tsx";

export interface PageOptions {
  /** 200 by default. */
  status?: number;
  headline?: string | null;
  /** Where "Return to …" leads; without it there is no such link. */
  returnUrl?: string | null;
  /** Links of the business, such as its terms; the account's by default. */
  links?: { href: string; text: string }[];
  /** Origins to which the page's forms may redirect. */
  formTargets?: string[];
}

/** A page of the portal or of an invoice, with the business in the brand panel. */
export function page(
  context: Context,
  title: string,
  content: VNode,
  options: PageOptions = {},
): Response {
  const brand = <Brand {...options} />;
  return renderDocument(context, { ...options, title, brand }, content);
}

/** The 404 page for an unknown link. */
export function notFoundPage(context: Context): Response {
  return page(context, "Not found", <NotFound />, { status: 404 });
}

function Brand({ headline, links, returnUrl }: PageOptions) {
  const name = useBusinessName();
  return (
    <>
      {returnUrl && (
        <a class="return" href={returnUrl} rel="noreferrer">
          <span aria-hidden="true">←</span> Return to {name}
        </a>
      )}
      <p class="brand-name">
        <BrandMark />
      </p>
      <p class="headline">
        {headline ?? "Manage your billing, cards and invoices in one place."}
      </p>
      <StandIn />
      <BrandLinks {...(links && { links })} />
    </>
  );
}
