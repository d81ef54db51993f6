/** Whether the code runs in a browser. `false` on the server. */
export const IS_BROWSER = typeof document !== "undefined";
