import { Fragment, h, type VNode } from "preact";

/** Static HTML as a vnode, in the form of precompiled JSX. */
export function raw(html: string): VNode {
  // Preact's types do not include the props of precompiled templates.
  return h(Fragment, { tpl: [html], exprs: [] } as Record<string, unknown>);
}
