import { type Context, internalsOf } from "./context.ts";
import type { Snapshot, StaticFile } from "./snapshot.ts";
import type { Middleware } from "./types.ts";

const CACHE_KEY = "__frsh_c";
const IMMUTABLE = "public, max-age=31536000, immutable";
const UNCACHED = "no-cache, no-store, max-age=0, must-revalidate";

/** Larger files are streamed from disk instead of held in memory. */
const MAX_WHOLE_FILE_BYTES = 512 * 1024;

/**
 * Serves the files of `static/` and the scripts of the build. Other paths go to
 * the routes, except `/favicon.ico`, which is a plain 404. As documented for
 * Fresh, a URL with this build's id (`asset()`, scripts) is immutable, and all
 * others are revalidated by entity tag. Without a build, no file is found.
 */
export function staticFiles<State>(): Middleware<State> {
  return (ctx) => {
    const { snapshot } = internalsOf(ctx);
    if (snapshot === undefined) return ctx.next();
    return serveOrNext(ctx, snapshot);
  };
}

function serveOrNext<State>(
  ctx: Context<State>,
  snapshot: Snapshot,
): Promise<Response> {
  const pathname = filePath(ctx.url.pathname, ctx.config.basePath);
  if (pathname === null) return ctx.next();
  const found = snapshot.findStatic(pathname);
  // Most requests match no file, so this path is fast.
  if (found === undefined) return missing(ctx, pathname);
  return serveFound(ctx, snapshot, pathname, found);
}

async function serveFound<State>(
  ctx: Context<State>,
  snapshot: Snapshot,
  pathname: string,
  found: StaticFile | Promise<StaticFile | undefined>,
): Promise<Response> {
  const file = await found;
  if (file === undefined) return await missing(ctx, pathname);
  return await serve(ctx, snapshot, pathname, file);
}

function missing<State>(
  ctx: Context<State>,
  pathname: string,
): Promise<Response> {
  if (pathname !== "/favicon.ico") return ctx.next();
  return Promise.resolve(new Response(null, { status: 404 }));
}

/** The decoded path below the base path, or `null` if it cannot be a file. */
function filePath(pathname: string, basePath: string): string | null {
  let path = pathname;
  if (basePath !== "") {
    if (!path.startsWith(basePath + "/")) return null;
    path = path.slice(basePath.length);
  }
  if (path === "/") return null;
  if (path.endsWith("/")) path = path.slice(0, -1);
  return path.includes("%") ? decodePath(path) : path;
}

/** A malformed escape matches no file and is left to the routes. */
function decodePath(path: string): string | null {
  try {
    return path.split("/").map((part) => decodeURIComponent(part)).join("/");
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

async function serve<State>(
  ctx: Context<State>,
  { buildId }: Snapshot,
  pathname: string,
  file: StaticFile,
): Promise<Response> {
  const { req, url } = ctx;
  // Returned, not thrown, so error pages do not see it.
  if (req.method !== "GET" && req.method !== "HEAD") {
    return new Response("Method Not Allowed", { status: 405 });
  }
  const key = url.search === "" ? null : url.searchParams.get(CACHE_KEY);
  if (key !== null && key !== buildId) return withoutCacheKey(url);
  const headers = new Headers({
    "content-type": contentType(pathname),
    vary: "If-None-Match",
  });
  if (isSame(req.headers.get("if-none-match"), file.hash)) {
    return new Response(null, { status: 304, headers });
  }
  const isImmutable = file.hash !== null &&
    (key !== null || pathname.startsWith(`/_fresh/js/${buildId}/`));
  headers.set("cache-control", isImmutable ? IMMUTABLE : UNCACHED);
  if (file.hash !== null) headers.set("etag", `W/"${file.hash}"`);
  return await fileResponse(file.content, headers, req.method === "HEAD");
}

function withoutCacheKey(url: URL): Response {
  const location = new URL(url);
  location.searchParams.delete(CACHE_KEY);
  return new Response(null, {
    status: 307,
    headers: { location: location.href },
  });
}

/** Compared literally: strong tags and lists do not match. */
function isSame(ifNoneMatch: string | null, hash: string | null): boolean {
  if (ifNoneMatch === null || hash === null) return false;
  return ifNoneMatch === `W/"${hash}"` || ifNoneMatch === hash;
}

async function fileResponse(
  content: StaticFile["content"],
  headers: Headers,
  isHead: boolean,
): Promise<Response> {
  if (typeof content !== "string") {
    headers.set("content-length", String(content.byteLength));
    return new Response(isHead ? null : content, { headers });
  }
  const { size } = await Deno.stat(content);
  headers.set("content-length", String(size));
  if (isHead) return new Response(null, { headers });
  if (size <= MAX_WHOLE_FILE_BYTES) {
    return new Response(await Deno.readFile(content), { headers });
  }
  const { readable } = await Deno.open(content);
  return new Response(readable, { headers });
}

/** The content type for a file's extension. */
export function contentType(pathname: string): string {
  const extension = /\.([^./]+)$/.exec(pathname)?.[1]?.toLowerCase() ?? "";
  return CONTENT_TYPES[extension] ?? "text/plain";
}

const CONTENT_TYPES: Record<string, string | undefined> = {
  avif: "image/avif",
  bmp: "image/bmp",
  css: "text/css; charset=UTF-8",
  csv: "text/csv; charset=UTF-8",
  gif: "image/gif",
  htm: "text/html; charset=UTF-8",
  html: "text/html; charset=UTF-8",
  ico: "image/vnd.microsoft.icon",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript; charset=UTF-8",
  json: "application/json; charset=UTF-8",
  map: "application/json; charset=UTF-8",
  md: "text/markdown; charset=UTF-8",
  mjs: "text/javascript; charset=UTF-8",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  otf: "font/otf",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  ttf: "font/ttf",
  txt: "text/plain; charset=UTF-8",
  wasm: "application/wasm",
  webm: "video/webm",
  webmanifest: "application/manifest+json",
  webp: "image/webp",
  woff: "font/woff",
  woff2: "font/woff2",
  xml: "text/xml; charset=UTF-8",
  zip: "application/zip",
};
