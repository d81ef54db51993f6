/**
 * Prints the folder of `KV_PATH`, which the `serve` task grants read and write
 * access to. Imports local files only and runs without the configuration, so
 * it starts offline with an empty cache.
 */
import { kvGrant } from "../lib/config/kv_path.ts";

console.log(kvGrant(Deno.env.get("KV_PATH") ?? ""));
