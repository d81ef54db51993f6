/** The version of `deno.json`, which the build does not include. */
export const VERSION = "0.1.0";
