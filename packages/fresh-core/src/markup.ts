import { Fragment, h, type VNode } from "preact";

/** HTML that is ready, as a vnode: the form that precompiled JSX has. */
export function raw(html: string): VNode {
  // Preact's types do not know the props of precompiled templates.
  return h(Fragment, { tpl: [html], exprs: [] } as Record<string, unknown>);
}
