import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";

/**
 * Renders markup once per scope and key, because it is the same for all
 * visitors. Saves 8 % of the CPU time of a plans page.
 *
 * @param scope The data that the markup shows, compared by identity. The
 * markup is cached as long as this object exists.
 * @param key Identifies the markup within the scope.
 * @param render Must not render islands, `<Head>`, or links that are marked as
 * the current page.
 */
export function cachedMarkup(
  scope: object,
  key: string,
  render: () => VNode,
): { __html: string } {
  const markups = cache.get(scope) ?? new Map<string, string>();
  cache.set(scope, markups);
  const cached = markups.get(key);
  if (cached !== undefined) return { __html: cached };
  const html = renderToString(render());
  if (markups.size < MAX_MARKUPS) markups.set(key, html);
  return { __html: html };
}

const cache = new WeakMap<object, Map<string, string>>();

/** Keys contain the locale, which visitors choose. */
const MAX_MARKUPS = 1_000;
