/** Selects the static files of a transform. */
export interface OnTransformOptions {
  pluginName: string;
  filter: RegExp;
  exclude?: (string | RegExp)[];
}

/** A static file passed to a transform. */
export interface OnTransformArgs {
  path: string;
  text: string;
  content: Uint8Array;
  mode: "development" | "production";
  target: string | string[];
  root: string;
}

/** A transformed file, renamed if it has a `path`. */
export interface OnTransformResult {
  content: string | Uint8Array;
  path?: string;
  map?: string | Uint8Array;
}

type Transformed = void | OnTransformResult | OnTransformResult[];

/** A transform of static files. */
export type TransformFn = (
  args: OnTransformArgs,
) => Transformed | Promise<Transformed>;
