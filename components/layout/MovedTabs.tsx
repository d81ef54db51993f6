import { SECTIONS } from "./sections.ts";

/**
 * Opens the page of a former tab of the plans page, whose address stays valid.
 * Without JavaScript, the fragment marks the page's navigation entry.
 */
export function MovedTabs() {
  return <script dangerouslySetInnerHTML={{ __html: FOLLOW }} />;
}

const ADDRESSES = Object.fromEntries(
  (["details", "activity"] as const)
    .map((name) => [`#/${name}`, SECTIONS[name].href]),
);

const FOLLOW = `(()=>{const a=${JSON.stringify(ADDRESSES)},` +
  "f=()=>{const to=a[location.hash];if(to)location.replace(to)};" +
  'addEventListener("hashchange",f);f()})()';
