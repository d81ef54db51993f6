import type { VNode } from "preact";
import type { Context } from "../context.ts";
import { htmlPage } from "./html.ts";
import { Layout } from "./layout.tsx";
import { NotFound } from "./page_messages.tsx";
import { pagesPath } from "./portal/portal_session.ts";

/** A page of the hosted pages that nobody's session is behind. */
export function message(
  context: Context,
  title: string,
  content: VNode,
  { status = 200, returnUrl = null, headline = null }: {
    status?: number;
    returnUrl?: string | null;
    headline?: string | null;
  } = {},
): Response {
  return htmlPage(
    <Layout
      title={title}
      stylePath={`${pagesPath(context)}/p/style.css`}
      returnUrl={returnUrl}
      headline={headline}
    >
      {content}
    </Layout>,
    { status },
  );
}

/** The 404 of the hosted pages. */
export function nothingThere(context: Context): Response {
  return message(context, "Not found", <NotFound />, { status: 404 });
}
