import type { Page } from "playwright-core";
import { loadAxe, runAxe } from "./axe.ts";
import { type View, VIEWS } from "./states.ts";

/** Visible elements that reach beyond the window, after the excess. */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const excess = document.documentElement.scrollWidth - innerWidth;
    if (excess <= 0) return [];
    const elements = [...document.querySelectorAll("body *")]
      .filter((element) => element.checkVisibility())
      .filter((element) =>
        element.getBoundingClientRect().right > innerWidth + 0.5
      )
      .map((element) => `${element.tagName}.${element.className}`);
    return [`${excess} px too wide`, ...elements];
  });
}

const CONTROLS = "a, button, input, select, summary";
/** Links within a sentence, among others, may be small. */
const EXEMPT = "p a, dd a, .soft a, [type=hidden], .skip";
/** At least 44 px high, for a finger. */
const TOUCH_TARGETS = [
  ...["header a", "button", ".button", "main select", "summary"],
  ...[".switch label", ".plan-cancel", "a.chip", ".page-link", ".line-link"],
  ".parts a",
].join();

/** Visible controls under 24 px, or under 44 px where a finger must hit. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(([controls, exempt, touchTargets]) => {
    const describe = (control: Element) => {
      const target = control.closest("label:has(> input)") ?? control;
      const { width, height } = target.getBoundingClientRect();
      // Swagger UI's controls are smaller than ours.
      const isTouched = control.matches(touchTargets) &&
        !control.matches("#viewer *");
      if (!isTouched && control.matches(exempt)) return [];
      if (width >= 24 && height >= (isTouched ? 44 : 24)) return [];
      return [`${width} × ${height} px: ${control.outerHTML.slice(0, 120)}`];
    };
    return [...document.querySelectorAll(`${controls}, ${touchTargets}`)]
      .filter((control) => control.checkVisibility())
      .flatMap(describe);
  }, [CONTROLS, EXEMPT, TOUCH_TARGETS] as const);
}

const RULES = [
  ...["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  "best-practice",
];

/** A color scheme changes colors alone, so that one rule checks the dark one. */
const DARK_RULES = ["color-contrast"];

/** Sizes that are not in `VIEWS` differ in layout alone. */
function rulesOf(view: View): string[] {
  if (!VIEWS.includes(view)) return [];
  return view.options.colorScheme === "dark" ? DARK_RULES : RULES;
}

/**
 * Checks the layout and the accessibility of a page in each view. Problems name
 * the view, the rule and the element.
 */
export async function problemsOf(
  page: Page,
  views: readonly View[],
): Promise<string[]> {
  await loadAxe(page);
  const found: string[] = [];
  for (const view of views) {
    await page.emulateMedia({ colorScheme: view.options.colorScheme });
    await page.setViewportSize(view.options.viewport);
    const problems = [...await tooWide(page), ...await smallTargets(page)];
    const rules = rulesOf(view);
    if (rules.length > 0) problems.push(...await runAxe(page, rules));
    found.push(...problems.map((problem) => `${view.name}: ${problem}`));
  }
  return found;
}
