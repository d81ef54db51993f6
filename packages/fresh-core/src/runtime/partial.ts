import type { ComponentChildren } from "preact";

/** Props of {@linkcode Partial}. */
export interface PartialProps {
  /** Unique in a page. */
  name: string;
  /** How new content is inserted. Default: `replace` */
  mode?: "replace" | "append" | "prepend";
  children?: ComponentChildren;
}

/**
 * Marks a region for client-side navigation, which is not implemented. It
 * renders its children, and links load full pages.
 */
export function Partial({ children }: PartialProps): ComponentChildren {
  return children;
}
