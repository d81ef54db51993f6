import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { App } from "fresh";
import { findSources, TEST_FILES } from "../src/dev/crawl.ts";
import { compareRoutePaths, readRoutePath } from "../src/dev/routes.ts";
import { buildFixture, fileApp, type Get, logged } from "./testing.ts";

let built: Promise<Get> | undefined;

/** The fixture's file routes, built once. */
function files(): Promise<Get> {
  built ??= buildFixture("files", fileApp()).then(({ get }) => get);
  return built;
}

/** The JSON of a page that shows its route and parameters. */
async function shown(path: string): Promise<unknown> {
  const response = await (await files())(path);
  const json = />(\[.*\])</.exec(await response.text())?.[1] ?? "null";
  return JSON.parse(json.replaceAll("&quot;", '"'));
}

Deno.test("file names become patterns", () => {
  const patterns: Record<string, string> = {
    "index": "/",
    "foo/index": "/foo",
    "blog/[slug]": "/blog/:slug",
    "blog/[...path]": "/blog/:path*",
    "[...all]": "/:all*",
    "o/[[lang]]": "/o{/:lang}?",
    "[[lang]]/about": "{/:lang}?/about",
    "shop/[a]-x-[b]": "/shop/:a-x-:b",
    "(group)/x": "/x",
    "café": "/caf%C3%A9",
    "a b": "/a%20b",
    "sitemap.xml": "/sitemap.xml",
  };
  for (const [path, pattern] of Object.entries(patterns)) {
    assertEquals(readRoutePath(path).pattern, pattern);
  }
});

Deno.test("tests and folders named (_name) are not routes", async () => {
  const root = await Deno.makeTempDir();
  const names = ["index.ts", "a_test.tsx", "b.test.js", "c.mts", "d.jsx"];
  for (
    const folder of [
      "routes",
      "routes/(_islands)",
      "routes/(_parts)",
      "islands",
    ]
  ) {
    await Deno.mkdir(`${root}/${folder}`);
    for (const name of names) {
      await Deno.writeTextFile(`${root}/${folder}/${name}`, "");
    }
  }
  const found = await findSources({
    routeDir: `${root}/routes`,
    islandDir: `${root}/islands`,
    ignore: [TEST_FILES],
  });
  assertEquals(found.routes, ["d.jsx", "index.ts"]);
  assertEquals(found.islands.map((path) => path.slice(root.length)), [
    "/islands/d.jsx",
    "/islands/index.ts",
    "/routes/(_islands)/d.jsx",
    "/routes/(_islands)/index.ts",
  ]);
  await Deno.remove(root, { recursive: true });
});

Deno.test("two adjacent parameters are refused", () => {
  assertThrows(() => readRoutePath("[a][b]"), Error, "two parameters touch");
});

Deno.test("an optional parameter is a full segment", () => {
  for (const path of ["x-[[b]]", "[[b]]-x", "a/[[b]].rss"]) {
    assertThrows(() => readRoutePath(path), Error, "optional parameter");
  }
});

Deno.test("files are registered from specific to general", () => {
  const sorted = [
    "blog/[...path]",
    "blog/[slug]",
    "blog/(g)/[id]",
    "blog/new",
    "blog/index",
    "blog/_layout",
    "_app",
  ].sort(compareRoutePaths);
  assertEquals(sorted, [
    "_app",
    "blog/_layout",
    "blog/index",
    "blog/new",
    "blog/(g)/[id]",
    "blog/[slug]",
    "blog/[...path]",
  ]);
});

Deno.test("each kind of file answers its URLs", async () => {
  const get = await files();
  assertStringIncludes(await (await get("/")).text(), "<h1>home</h1>");
  assertStringIncludes(await (await get("/foo/")).text(), "<h1>foo</h1>");
  assertEquals(await (await get("/sitemap.xml")).text(), "sitemap");
  assertEquals(await (await get("/caf%C3%A9")).text(), "café");
  assertEquals(await (await get("/a%20b")).text(), "space");
  for (const path of ["/Part", "/blog/"]) {
    assertEquals((await get(path)).status, 404);
  }
});

Deno.test("dynamic files have their parameters", async () => {
  assertEquals(await shown("/blog/a"), ["/blog/:slug", { slug: "a" }]);
  assertEquals(await shown("/blog/a/b"), ["/blog/:path*", { path: "a/b" }]);
  assertEquals(await shown("/blog"), ["/blog/:path*", { path: "" }]);
  assertEquals(await shown("/o"), ["/o/:lang?", { lang: "" }]);
  assertEquals(await shown("/o/de"), ["/o/:lang?", { lang: "de" }]);
  assertEquals(await shown("/about"), ["/:lang?/about", { lang: "" }]);
  assertEquals(await shown("/de/about"), ["/:lang?/about", { lang: "de" }]);
  assertEquals(await shown("/shop/1-x-2"), ["/shop/:a-x-:b", {
    a: "1",
    b: "2",
  }]);
});

Deno.test("a group has its own layout and no URL segment", async () => {
  const html = await (await (await files())("/grouped")).text();
  assertMatch(html, /<div class="group"><p>.*\/grouped/);
});

Deno.test("middleware files run outermost first, arrays in order", async () => {
  const get = await files();
  assertEquals((await get("/mw")).headers.get("x-trail"), "first second");
  assertEquals(
    (await get("/mw/inner")).headers.get("x-trail"),
    "first second inner",
  );
  assertEquals((await get("/foo")).headers.get("x-trail"), null);
});

Deno.test("a folder's files do not apply to the route beside it", async () => {
  const get = await files();
  const beside = await get("/side");
  assertEquals(beside.headers.get("x-side"), null);
  assertStringIncludes(await beside.text(), "<body><p>side</p></body>");
  const inside = await get("/side/in");
  assertEquals(inside.headers.get("x-side"), "1");
  assertStringIncludes(await inside.text(), "<aside><p>in</p></aside>");
});

Deno.test("a middleware in a dynamic folder has the parameters", async () => {
  const response = await (await files())("/u/7/profile");
  assertEquals(response.headers.get("x-id"), "7");
});

Deno.test("lazy routes answer 404 to missing methods", async () => {
  const get = await files();
  const status = async (path: string, method: string) =>
    (await get(path, { method })).status;
  assertEquals(await status("/api/lazy", "GET"), 200);
  assertEquals(await status("/api/lazy", "POST"), 404);
  assertEquals(await status("/api/lazy", "OPTIONS"), 404);
  assertEquals(await status("/api/lazy", "HEAD"), 200);
  assertEquals(await status("/foo", "DELETE"), 200);
});

Deno.test("eager routes answer 405 to missing methods", async () => {
  const get = await files();
  assertEquals((await get("/api/eager", { method: "PUT" })).status, 405);
  const options = await get("/api/eager", { method: "OPTIONS" });
  assertEquals(options.status, 204);
  assertEquals(options.headers.get("allow"), "GET, POST");
});

Deno.test("routeOverride replaces the file's path", async () => {
  const get = await files();
  assertEquals(await (await get("/elsewhere/1")).text(), "moved");
  assertEquals((await get("/api/moved")).status, 404);
});

Deno.test("handlers wins over handler", async () => {
  assertEquals(await (await (await files())("/api/both")).text(), "handlers");
});

Deno.test("invalid route files are a 500 when requested", async () => {
  const get = await files();
  for (
    const [path, reason] of [
      ["/api/array", "array of handlers"],
      ["/api/nothing", "no relevant exports"],
      ["/api/two", "2 parameters"],
    ] as const
  ) {
    const response = await get(path);
    assertEquals(response.status, 500);
    assertStringIncludes(await response.text(), reason);
  }
});

Deno.test("an object by method in _middleware warns and has no effect", async () => {
  const { readMiddleware } = await import("../src/fs_modules.ts");
  const app = new App<never>().use(
    readMiddleware(
      "_middleware.ts",
      () => Promise.resolve({ handler: { GET: null } }),
    ),
  ).get("/", () => new Response("reached"));
  const { result, logs } = await logged(async () =>
    await app.handler()(new Request("http://localhost/"))
  );
  assertEquals(await result.text(), "reached");
  assertStringIncludes(String(logs[0]), "has no effect");
});

Deno.test("layouts nest and may skip inherited ones", async () => {
  const get = await files();
  const body = async (path: string) => await (await get(path)).text();
  assertStringIncludes(
    await body("/lay"),
    '<body><section data-data="null"><p>in layout</p></section></body>',
  );
  assertStringIncludes(
    await body("/lay/bare"),
    "<body><article><p>bare</p></article></body>",
  );
  assertStringIncludes(await body("/lay/alone"), "<body><p>alone</p></body>");
});

Deno.test("fsRoutes() mounts files below a prefix", async () => {
  const app = new App<unknown>().fsRoutes("/pre");
  const { get } = await buildFixture("files", app);
  assertEquals(await (await get("/pre/sitemap.xml")).text(), "sitemap");
  assertEquals((await get("/sitemap.xml")).status, 404);
});

Deno.test("an app's route wins over a file of the same path if registered first", async () => {
  const own = () => new Response("own");
  const app = new App<unknown>().get("/sitemap.xml", own).fsRoutes()
    .get("/caf%C3%A9", own);
  const { get } = await buildFixture("files", app);
  assertEquals(await (await get("/sitemap.xml")).text(), "own");
  assertEquals(await (await get("/caf%C3%A9")).text(), "café");
});

Deno.test("without a build there are no file routes", async () => {
  const response = await fileApp().handler()(
    new Request("http://localhost/foo"),
  );
  assertEquals(response.status, 404);
});
