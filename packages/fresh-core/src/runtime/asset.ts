import { build } from "../build_id.ts";
import { IS_BROWSER } from "./is_browser.ts";

const CACHE_KEY = "__frsh_c";

/**
 * The URL of a static file that browsers may cache for good: the build's id is
 * added to it. Paths that do not start with one `/` are returned unchanged, as
 * are those that have an id already.
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

/** In browsers the scripts' own address, `/_fresh/js/<id>/…`, has the id. */
function buildId(): string {
  if (!IS_BROWSER) return build.id;
  return import.meta.url.split("/").at(-2) ?? "";
}
