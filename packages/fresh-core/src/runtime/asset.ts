import { build } from "../build_id.ts";
import { IS_BROWSER } from "./is_browser.ts";

const CACHE_KEY = "__frsh_c";

/**
 * Adds the build id to the URL of a static file, so that browsers may cache it
 * forever. Paths without exactly one leading `/`, or with an id, are unchanged.
 */
export function asset(path: string): string {
  const id = buildId();
  if (id === "" || !/^\/(?!\/)/.test(path)) return path;
  if (path.includes(`${CACHE_KEY}=`)) return path;
  const hashAt = path.indexOf("#");
  const url = hashAt === -1 ? path : path.slice(0, hashAt);
  const hash = hashAt === -1 ? "" : path.slice(hashAt);
  const separator = url.includes("?") ? "&" : "?";
  return `${url}${separator}${CACHE_KEY}=${id}${hash}`;
}

/** Applies {@linkcode asset} to each URL of a `srcset` without parentheses. */
export function assetSrcSet(srcset: string): string {
  if (srcset.includes("(")) return srcset;
  return srcset.split(",").map((part) => {
    const url = part.trimStart();
    const [path = ""] = url.split(" ", 1);
    return part.slice(0, part.length - url.length) + asset(path) +
      url.slice(path.length);
  }).join(",");
}

/** In browsers the id is in the script's URL, `/_fresh/js/<id>/…`. */
function buildId(): string {
  if (!IS_BROWSER) return build.id;
  return import.meta.url.split("/").at(-2) ?? "";
}
