import { memberClaims, type TestApp } from "./app.ts";
import { sessionToken } from "./tokens.ts";

/** A page as somebody gets it. */
export interface Visited {
  response: Response;
  /** Its main part. */
  html: string;
  /** What a person reads of it, on one line. */
  text: string;
  /** Where it leads, in its order. */
  links: string[];
}

/** Gets a page as a member of the tests' organization, an admin unless told. */
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
