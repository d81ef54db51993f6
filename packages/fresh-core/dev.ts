/**
 * Builds an app and serves it in development.
 *
 * @module
 */

export {
  Builder,
  type BuildOptions,
  type OnTransformOptions,
  type ResolvedBuildConfig,
} from "./src/dev/builder.ts";
