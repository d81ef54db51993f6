import { type ComponentChildren, toChildArray, type VNode } from "preact";
import { currentPass, type RenderPass } from "./render_pass.ts";

type Props = Record<string, unknown>;

/** Takes the children of a `<Head>`; a later one replaces an earlier one. */
export function collectHead(head: VNode, pass: RenderPass) {
  for (const child of toChildArray(head.props.children)) {
    if (typeof child !== "object") continue;
    const identity = headIdentity(child);
    if (child.key != null) {
      Object.assign(child.props, { "data-key": String(child.key) });
    }
    pass.head.set(identity, child);
  }
}

/**
 * What makes two elements of a head the same: `title` always is; others are by
 * key, whatever the elements are, else by their attributes, where `meta`
 * ignores `content` and `link` ignores `href`.
 */
export function headIdentity({ type, key, props }: VNode): string {
  if (type === "title") return "title";
  if (key != null) return `key ${key}`;
  const ignored = IGNORED[String(type)];
  const attributes = Object.entries(props as Props)
    .filter(([name]) => !CONTENT.has(name) && name !== ignored)
    .map(([name, value]) => `${name}=${JSON.stringify(String(value))}`);
  return `${type} ${attributes.sort().join(" ")}`;
}

const IGNORED: Record<string, string | undefined> = {
  meta: "content",
  link: "href",
};

const CONTENT = new Set(["children", "dangerouslySetInnerHTML", "data-key"]);

/** Opens the part of `<head>` that is the app's own. */
export function HeadStart(): null {
  setInsideHead(true);
  return null;
}

/** Ends it with what `<Head>` has that replaces nothing. */
export function HeadEnd(): ComponentChildren {
  setInsideHead(false);
  const pass = currentPass();
  return pass === null ? null : takeHead(pass);
}

/** What is still to be placed, once. */
export function takeHead(pass: RenderPass): VNode[] {
  const rest = [...pass.head.values()];
  pass.head.clear();
  return rest;
}

function setInsideHead(inside: boolean) {
  const pass = currentPass();
  if (pass !== null) pass.insideHead = inside;
}
