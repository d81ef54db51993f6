/**
 * Builds an app and serves it in development.
 *
 * @module
 */

export {
  Builder,
  type BuildOptions,
  type ResolvedBuildConfig,
} from "./src/dev/builder.ts";
export type {
  OnTransformArgs,
  OnTransformOptions,
  TransformFn,
} from "./src/dev/transforms.ts";
