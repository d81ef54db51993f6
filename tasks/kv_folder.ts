/**
 * Prints what `serve` may write, for its task: tasks cannot derive a folder
 * from `KV_PATH`. Imports local files alone and runs without the configuration,
 * so it starts offline with an empty cache.
 */
import { kvGrant } from "../lib/config/kv_path.ts";

console.log(kvGrant(Deno.env.get("KV_PATH") ?? ""));
