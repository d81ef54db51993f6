import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { App, staticFiles } from "fresh";
import { asset, assetSrcSet } from "fresh/runtime";
import { rewriteUrls } from "../src/dev/statics.ts";
import { buildFixture, caller, fileApp } from "./testing.ts";

let built: ReturnType<typeof buildFixture> | undefined;

function files() {
  return built ??= buildFixture("files", fileApp());
}

Deno.test("a file is served with its type, size and ETag", async () => {
  const { get } = await files();
  const response = await get("/a.txt");
  assertEquals(response.status, 200);
  assertEquals(
    response.headers.get("content-type"),
    "text/plain; charset=UTF-8",
  );
  assertEquals(response.headers.get("content-length"), "6");
  assertEquals(response.headers.get("vary"), "If-None-Match");
  assertMatch(response.headers.get("etag") ?? "", /^W\/"[0-9a-f]+"$/);
  assertEquals(
    response.headers.get("cache-control"),
    "no-cache, no-store, max-age=0, must-revalidate",
  );
  assertEquals(await response.text(), "hello\n");
  assertEquals(await (await get("/a.txt/")).text(), "hello\n");
});

Deno.test("a matching ETag is a 304", async () => {
  const { get } = await files();
  const etag = (await get("/a.txt")).headers.get("etag") ?? "";
  const ask = (tag: string) =>
    get("/a.txt", { headers: { "if-none-match": tag } });
  const response = await ask(etag);
  assertEquals(response.status, 304);
  assertEquals(response.headers.get("etag"), null);
  assertEquals(response.headers.get("cache-control"), null);
  assertEquals((await ask(etag.slice(3, -1))).status, 304);
  for (const other of [etag.slice(2), `${etag}, "x"`, "*"]) {
    assertEquals((await ask(other)).status, 200);
  }
});

Deno.test("HEAD has no body", async () => {
  const { get } = await files();
  const head = await get("/a.txt", { method: "HEAD" });
  assertEquals(head.headers.get("content-length"), "6");
  assertEquals(await head.text(), "");
});

Deno.test("other methods are a plain 405, past every error page", async () => {
  const app = new App<unknown>()
    .onError("*", () => new Response("error page"))
    .use(staticFiles());
  const { get } = await buildFixture("files", app);
  const response = await get("/a.txt", { method: "POST" });
  assertEquals(response.status, 405);
  assertEquals(
    response.headers.get("content-type"),
    "text/plain;charset=UTF-8",
  );
  assertEquals(await response.text(), "Method Not Allowed");
});

Deno.test("a URL with this build's id is immutable, another build's id redirects", async () => {
  const { get, buildId } = await files();
  const own = await get(`/a.txt?__frsh_c=${buildId}`);
  assertEquals(
    own.headers.get("cache-control"),
    "public, max-age=31536000, immutable",
  );
  const other = await get("/a.txt?x=1&__frsh_c=old");
  assertEquals(other.status, 307);
  assertEquals(other.headers.get("location"), "http://localhost/a.txt?x=1");
});

Deno.test("escaped names are found, hidden files are not", async () => {
  const { get } = await files();
  assertEquals((await get("/sp%20ace,%C3%A9.md")).status, 200);
  assertEquals((await get("/.secret")).status, 404);
  assertEquals((await get("/.well-known/x.txt")).status, 200);
  assertEquals((await get("/sub/index.html")).status, 200);
  assertEquals((await get("/sub")).status, 404);
  assertEquals((await get("/%E0%A4%A")).status, 404);
});

Deno.test("a missing favicon is an empty 404", async () => {
  const { get } = await files();
  const response = await get("/favicon.ico");
  assertEquals([response.status, await response.text()], [404, ""]);
});

Deno.test("absolute URLs in style sheets get the build id", async () => {
  const { get, buildId } = await files();
  const css = await (await get("/style.css")).text();
  assertStringIncludes(css, `url("/a.txt?__frsh_c=${buildId}")`);
  assertStringIncludes(css, 'url("rel.png") url("data:x")');
  assertEquals(
    rewriteUrls("a{b:url( '/c?d' )}", "1"),
    'a{b:url("/c?d&__frsh_c=1")}',
  );
});

Deno.test("with a base path, files are served below it only", async () => {
  const app = new App<unknown>({ basePath: "/base" }).use(staticFiles());
  const { get } = await buildFixture("files", app);
  assertEquals((await get("/base/a.txt")).status, 200);
  assertEquals((await get("/a.txt")).status, 404);
});

Deno.test("without a build no file is found", async () => {
  const get = caller(new App<unknown>().use(staticFiles()));
  assertEquals((await get("/a.txt")).status, 404);
});

Deno.test("in development, files have no ETag and are never immutable", async () => {
  const { get, buildId } = await buildFixture("files", fileApp(), {
    mode: "development",
  });
  const response = await get(`/a.txt?__frsh_c=${buildId}`);
  assertEquals(response.headers.get("etag"), null);
  assertMatch(response.headers.get("cache-control") ?? "", /^no-cache/);
  assertEquals((await get("/.secret")).status, 200);
});

Deno.test("asset() adds the build id to same-site paths", async () => {
  const shown: Record<string, string> = {};
  const app = new App<unknown>().route("/", {
    component: () => {
      for (const path of ["/x", "/x?a#b", "//x", "x", "https://x"]) {
        shown[path] = asset(path);
      }
      shown.set = assetSrcSet("/a.png 1x, /b.png 2x");
      shown.parenthesis = assetSrcSet("/a(1).png 1x");
      return <img src="/i.png" srcset="/i.png 1x" />;
    },
  });
  const { get, buildId } = await buildFixture("files", app);
  const html = await (await get("/")).text();
  const id = `__frsh_c=${buildId}`;
  assertEquals(shown, {
    "/x": `/x?${id}`,
    "/x?a#b": `/x?a&${id}#b`,
    "//x": "//x",
    "x": "x",
    "https://x": "https://x",
    set: `/a.png?${id} 1x, /b.png?${id} 2x`,
    parenthesis: "/a(1).png 1x",
  });
  assertStringIncludes(
    html,
    `<img src="/i.png?${id}" srcset="/i.png?${id} 1x"/>`,
  );
});
