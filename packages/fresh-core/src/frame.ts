import type { AppWrapper, LayoutConfig } from "./types.ts";

/** A layout or an app wrapper with its settings. */
export interface Wrapper {
  component: AppWrapper<never>;
  config: LayoutConfig | undefined;
}

/** Loads a wrapper's file at its first use. */
export type WrapperLoader = () => Wrapper | Promise<Wrapper>;

/** The layouts and wrapper of a segment's pages, outermost layout first. */
export interface Frame {
  app: WrapperLoader | null;
  layouts: readonly WrapperLoader[];
}

/** The frame of pages without layouts and wrapper. */
export const EMPTY_FRAME: Frame = { app: null, layouts: [] };

/** The components of a frame after applying skip settings. */
export interface ResolvedFrame {
  app: AppWrapper<never> | null;
  layouts: readonly AppWrapper<never>[];
}

/**
 * Loads a frame's components and applies `skipInheritedLayouts` and
 * `skipAppWrapper` of the layouts and the page.
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
