import { listFiles } from "./crawl.ts";
import { join } from "./paths.ts";

/** A static file of a build. */
export interface BuiltFile {
  /** The decoded URL path. */
  pathname: string;
  /** SHA-256 of the served content, in hex. */
  hash: string;
  /** The path of a file that is served unchanged. */
  path: string | null;
  /** The content of a changed or generated file. */
  content: Uint8Array<ArrayBuffer> | null;
}

/**
 * Collects the files of several folders. If two have the same path, the first
 * folder wins. Names that start with `.` are skipped, except `.well-known`.
 */
export async function collectStatics(
  folders: readonly string[],
  buildId: string,
): Promise<BuiltFile[]> {
  const byPath = new Map<string, string>();
  for (const folder of folders) {
    for (const file of await listFiles(folder)) {
      if (isHidden(file) || byPath.has(file)) continue;
      byPath.set(file, join(folder, file));
    }
  }
  const files = [...byPath];
  return await Promise.all(
    files.map(([file, path]) => readStatic(`/${file}`, path, buildId)),
  );
}

function isHidden(file: string): boolean {
  return file.split("/").some((name) =>
    name.startsWith(".") && name !== ".well-known"
  );
}

async function readStatic(
  pathname: string,
  path: string,
  buildId: string,
): Promise<BuiltFile> {
  const content = await Deno.readFile(path);
  if (!pathname.endsWith(".css")) {
    return { pathname, hash: await sha256(content), path, content: null };
  }
  const css = rewriteUrls(new TextDecoder().decode(content), buildId);
  return await builtFile(pathname, css);
}

/** A generated file. */
export async function builtFile(
  pathname: string,
  text: string,
): Promise<BuiltFile> {
  const content = new TextEncoder().encode(text);
  return { pathname, hash: await sha256(content), path: null, content };
}

async function sha256(content: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", content);
  return new Uint8Array(hash).toHex();
}

const CSS_URL = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*?))\s*\)/g;

/** Adds the build id to absolute URLs in a style sheet, as `asset()` does. */
export function rewriteUrls(css: string, buildId: string): string {
  return css.replaceAll(CSS_URL, (_, double, single, bare) => {
    const url: string = double ?? single ?? bare;
    if (!/^\/(?!\/)/.test(url)) return `url(${JSON.stringify(url)})`;
    const separator = url.includes("?") ? "&" : "?";
    return `url("${url}${separator}__frsh_c=${buildId}")`;
  });
}

/** The content of a file, or its path. */
export function contentOf(
  { path, content }: BuiltFile,
): string | Uint8Array<ArrayBuffer> {
  if (content !== null) return content;
  if (path !== null) return path;
  throw new TypeError("Cannot serve a static file without content or path");
}
