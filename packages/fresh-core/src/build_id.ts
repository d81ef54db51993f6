/**
 * The id that `asset()` adds to URLs: of the rendering build, or of the process
 * without a build. It is global to the process and set before each render,
 * since tests have several builds.
 */
export const build = { id: "" };
