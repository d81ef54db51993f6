/**
 * Builds an app and serves it in development.
 *
 * @module
 */

export {
  type ApplyBuild,
  Builder,
  type BuildOptions,
  type ResolvedBuildConfig,
} from "./src/dev/builder.ts";
