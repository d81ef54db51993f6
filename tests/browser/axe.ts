// @ts-types="axe-core"
import axe from "axe-core/axe.min.js";
import type { Page } from "playwright-core";

/** Loads axe-core into a page. */
export async function loadAxe(page: Page): Promise<void> {
  // Not `addScriptTag`, which the content security policy blocks.
  await page.evaluate(axe.source);
}

/**
 * Checks the page as it is shown, after {@linkcode loadAxe}.
 *
 * @param rules Rules or their tags.
 * @returns The violations, with the rule, the element and the reason.
 */
export async function runAxe(page: Page, rules: string[]): Promise<string[]> {
  return await page.evaluate(async (rules) => {
    // Colors change gradually.
    await Promise.all(document.getAnimations().map((one) => one.finished));
    // deno-lint-ignore no-explicit-any -- the script defines this global
    const { violations } = await (globalThis as any).axe.run(document, {
      runOnly: rules,
      // Other results are not described in detail.
      resultTypes: ["violations"],
      iframes: false,
    });
    return violations.flatMap((
      { id, nodes }: {
        id: string;
        nodes: { html: string; failureSummary: string }[];
      },
    ) =>
      nodes.map(({ html, failureSummary }) =>
        `${id}: ${html} ${failureSummary}`
      )
    );
  }, rules);
}
