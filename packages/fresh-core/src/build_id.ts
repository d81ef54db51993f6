/**
 * The id of the build that renders now, or of the process without a build, which `asset()` puts into URLs. There
 * is one for a process, set again before each render for the sake of tests
 * that have several builds.
 */
export const build = { id: "" };
