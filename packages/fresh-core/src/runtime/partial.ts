import type { ComponentChildren } from "preact";

/** Props of {@linkcode Partial}. */
export interface PartialProps {
  /** Unique in a page. */
  name: string;
  /** How new content is put in. Default: `replace` */
  mode?: "replace" | "append" | "prepend";
  children?: ComponentChildren;
}

/**
 * Marks a region for client-side navigation, which is not here: it shows its
 * children, and links load pages.
 */
export function Partial({ children }: PartialProps): ComponentChildren {
  return children;
}
