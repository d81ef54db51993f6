import { memberClaims, type TestApp } from "./app.ts";
import { sessionToken } from "./tokens.ts";

/** A page as received by its visitor. */
export interface Visited {
  response: Response;
  /** The HTML of the main element. */
  html: string;
  /** The visible text, on one line. */
  text: string;
  /** Link targets in document order. */
  links: string[];
}

/** Gets a page as a member of {@linkcode ORG}, by default an admin. */
export async function visitPage(
  app: TestApp,
  path: string,
  { role = "admin", headers = {} }: {
    role?: string;
    headers?: Record<string, string>;
  } = {},
): Promise<Visited> {
  const claims = memberClaims({ role });
  const token = await sessionToken({ claims, nowMs: app.clock.nowMs });
  const response = await app.fetch(path, {
    headers: {
      Accept: "text/html",
      Authorization: `Bearer ${token}`,
      ...headers,
    },
  });
  const page = await response.text();
  const html = page.slice(page.indexOf("<main"), page.indexOf("</main>"));
  return { response, html, text: readable(html), links: linksOf(html) };
}

function readable(html: string): string {
  return plain(html.replaceAll(/<[^>]*>/g, " ")).replaceAll(/\s+/g, " ")
    .replaceAll(/ (?=[.,])/g, "");
}

function linksOf(html: string): string[] {
  return [...html.matchAll(/href="([^"]*)"/g)].map(([, href = ""]) =>
    plain(href)
  );
}

function plain(text: string): string {
  return text.replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}
