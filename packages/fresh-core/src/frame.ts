import type { AppWrapper, LayoutConfig } from "./types.ts";

/** A layout or an app wrapper, and its settings. */
export interface Wrapper {
  component: AppWrapper<never>;
  config: LayoutConfig | undefined;
}

/** Fetches a wrapper at its first use; files are loaded no earlier. */
export type WrapperLoader = () => Wrapper | Promise<Wrapper>;

/** What stands around the pages of a segment, outermost layout first. */
export interface Frame {
  app: WrapperLoader | null;
  layouts: readonly WrapperLoader[];
}

/** The frame of pages that have neither a layout nor a wrapper. */
export const EMPTY_FRAME: Frame = { app: null, layouts: [] };

/** The components of a frame, after everybody's wish to skip some. */
export interface ResolvedFrame {
  app: AppWrapper<never> | null;
  layouts: readonly AppWrapper<never>[];
}

/**
 * Loads a frame's components and applies `skipInheritedLayouts` and
 * `skipAppWrapper`, of the layouts and of the page itself.
 */
export async function resolveFrame(
  frame: Frame,
  page: LayoutConfig | undefined,
): Promise<ResolvedFrame> {
  let app = page?.skipAppWrapper ? null : frame.app;
  let layouts: AppWrapper<never>[] = [];
  if (!page?.skipInheritedLayouts) {
    for (const load of frame.layouts) {
      const { component, config } = await load();
      if (config?.skipInheritedLayouts) layouts = [];
      if (config?.skipAppWrapper) app = null;
      layouts.push(component);
    }
  }
  return { app: app === null ? null : (await app()).component, layouts };
}
