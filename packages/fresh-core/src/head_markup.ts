import { type ComponentChildren, toChildArray, type VNode } from "preact";
import { currentPass, type RenderPass } from "./render_pass.ts";

type Props = Record<string, unknown>;

/**
 * Collects the children of a `<Head>`. A later element replaces an earlier one
 * of the same identity.
 */
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
 * The identity of a head element. All `title` elements share one. Others are
 * identified by key, whatever their type, or else by their attributes, without
 * `content` of `meta` and `href` of `link`.
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

/** Marks the start of the app's own `<head>` elements. */
export function HeadStart(): null {
  setInsideHead(true);
  return null;
}

/** Renders the remaining `<Head>` elements, which replace none. */
export function HeadEnd(): ComponentChildren {
  setInsideHead(false);
  const pass = currentPass();
  return pass === null ? null : takeHead(pass);
}

/** Takes the elements that are not placed yet. */
export function takeHead(pass: RenderPass): VNode[] {
  const rest = [...pass.head.values()];
  pass.head.clear();
  return rest;
}

function setInsideHead(inside: boolean) {
  const pass = currentPass();
  if (pass !== null) pass.insideHead = inside;
}
