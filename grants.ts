/**
 * Prints the folder of the store, which is all that `serve` may write: tasks
 * have no way to say "the folder of `KV_PATH`, or else `data`" themselves.
 */
const kvPath = Deno.env.get("KV_PATH") ?? "";
const isFile = kvPath !== "" && kvPath !== ":memory:" &&
  !/^https?:/.test(kvPath);
console.log(isFile ? kvPath.replace(/[^/\\]*$/, "") || "." : "data");
