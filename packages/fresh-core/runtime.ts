/**
 * What pages and islands may import, on the server and in the browser.
 *
 * @module
 */

export { HttpError } from "./src/http_error.ts";
export { asset, assetSrcSet } from "./src/runtime/asset.ts";
export { Head, type HeadProps } from "./src/runtime/head.ts";
export { Partial, type PartialProps } from "./src/runtime/partial.ts";
export { IS_BROWSER } from "./src/runtime/is_browser.ts";
