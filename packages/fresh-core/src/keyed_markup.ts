import {
  type ComponentType,
  Fragment,
  type FunctionComponent,
  h,
} from "preact";
import { raw } from "./markup.ts";

/** A component that renders another one between comments with its key. */
export function keyedComponent(
  type: ComponentType,
  key: unknown,
): FunctionComponent {
  return (props) =>
    h(Fragment, null, [
      raw(`<!--frsh:key:${keyText(key)}-->`),
      h(type, props),
      raw("<!--/frsh:key-->"),
    ]);
}

/** A key escaped for comments: colons separate, and `>` could end a comment. */
export function keyText(key: unknown): string {
  return String(key).replaceAll(":", "_").replaceAll(">", "&gt;");
}

/** The attribute of a keyed element in precompiled JSX. */
export function keyAttribute(key: unknown): string {
  const text = String(key).replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `data-frsh-key="${text}"`;
}
