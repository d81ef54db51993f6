import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { signal } from "@preact/signals";
import { App, staticFiles } from "fresh";
import { serializeProps } from "../src/serialize.ts";
import { buildFixture, fileApp, logged } from "./testing.ts";

let built: ReturnType<typeof buildFixture> | undefined;

function islands() {
  return built ??= buildFixture("islands", fileApp());
}

async function html(path: string): Promise<string> {
  const { get } = await islands();
  return await (await get(path)).text();
}

Deno.test("a page without islands ships no script", async () => {
  const { get } = await islands();
  const response = await get("/plain");
  assertEquals(response.headers.get("link"), null);
  assertFalse((await response.text()).includes("<script"));
});

Deno.test("a page with islands ships one script at the end of its body", async () => {
  const page = await html("/counter");
  assertEquals(page.match(/<script/g)?.length, 1);
  assertMatch(
    page,
    /<script type="module" nonce="[0-9a-f]{32}">.*<\/script><\/body><\/html>$/,
  );
});

Deno.test("inline data cannot end its script", async () => {
  const [, script = ""] = (await html("/counter")).split("<script");
  assertEquals(script.match(/<\/script/g)?.length, 1);
  assertFalse(script.includes("<!--"));
});

Deno.test("a page's scripts are preloaded, immutable and fingerprinted", async () => {
  const { get, buildId } = await islands();
  const link = (await get("/shared")).headers.get("link") ?? "";
  const files = [
    ...link.matchAll(/<([^>]+)>; rel="modulepreload"; as="script"/g),
  ]
    .map((match) => match[1] ?? "");
  assert(files.length >= 2);
  for (const file of files) {
    assertStringIncludes(file, `/_fresh/js/${buildId}/`);
    const response = await get(file);
    assertEquals(response.status, 200);
    assertStringIncludes(
      response.headers.get("cache-control") ?? "",
      "immutable",
    );
    await response.body?.cancel();
  }
});

Deno.test("all islands of a page share one copy of Preact", async () => {
  const { get } = await islands();
  const copies = new Set<string>();
  for (const path of ["/counter", "/kinds", "/titled", "/slots"]) {
    const link = (await get(path)).headers.get("link") ?? "";
    for (const [, file = ""] of link.matchAll(/<([^>]+)>/g)) {
      const text = await (await get(file)).text();
      if (text.includes("createElementNS")) copies.add(file);
    }
  }
  assertEquals(copies.size, 1);
});

Deno.test("named exports, name clashes and global names are kept apart", async () => {
  assertMatch(
    await html("/shared"),
    /import\{\$boot,Inc\}from.*import\{Dec\}from/,
  );
  assertMatch(await html("/outer"), /default as _Map\}/);
  const page = await html("/slots");
  assertMatch(page, /default as Counter_1\}/);
});

Deno.test("an island inside another island's markup has no markers", async () => {
  const page = await html("/outer");
  assertEquals(page.match(/<!--frsh:island/g)?.length, 1);
});

Deno.test("hidden slots are sent in a template", async () => {
  const page = await html("/slots");
  assertMatch(
    page,
    /<template id="[^"]+"><input class="field" disabled value="kept"/,
  );
  assertStringIncludes(page, "<em>Heading</em>");
});

Deno.test("text children of an island are a slot", async () => {
  assertMatch(
    await html("/text"),
    /<div class="content"><!--frsh:slot:\d+:children-->only text<!--\/frsh:slot-->/,
  );
});

Deno.test("functions and nested JSX as props are a 500", async () => {
  const { get } = await islands();
  for (const path of ["/broken", "/broken?jsx"]) {
    const { result, logs } = await logged(() => get(path));
    assertEquals(result.status, 500);
    assertStringIncludes(String(logs[0]), "Cannot pass props[1].value");
  }
});

Deno.test("scripts are served below the base path", async () => {
  const app = new App<unknown>({ basePath: "/base" }).use(staticFiles())
    .fsRoutes();
  const { get, buildId } = await buildFixture("islands", app);
  const response = await get("/base/counter");
  const link = response.headers.get("link") ?? "";
  assertStringIncludes(link, `</base/_fresh/js/${buildId}/`);
  assertStringIncludes(
    await response.text(),
    `from"/base/_fresh/js/${buildId}/`,
  );
});

Deno.test("a page's scripts with runtime, Preact and signals are below 9 KB", async () => {
  const { get } = await buildFixture("small", fileApp());
  const response = await get("/");
  const link = response.headers.get("link") ?? "";
  let bytes = 0;
  for (const [, file = ""] of link.matchAll(/<([^>]+)>/g)) {
    const { body } = await get(file);
    assert(body);
    const zipped = body.pipeThrough(new CompressionStream("gzip"));
    bytes += (await new Response(zipped).arrayBuffer()).byteLength;
  }
  assert(bytes < 9_000, `${bytes} bytes`);
});

Deno.test("Head is shipped only to pages whose islands use it", async () => {
  const { get } = await islands();
  const scripts = async (path: string) => {
    const link = (await get(path)).headers.get("link") ?? "";
    const files = [...link.matchAll(/<([^>]+)>/g)].map((match) =>
      match[1] ?? ""
    );
    const texts = files.map(async (file) => await (await get(file)).text());
    return (await Promise.all(texts)).join("");
  };
  assertStringIncludes(await scripts("/titled"), "document.head");
  assertFalse((await scripts("/counter")).includes("document.head"));
});

/** Evaluates serialized props as a page's script does. */
async function evaluate(props: Record<string, unknown>[]): Promise<unknown> {
  const { source } = await serializeProps(props);
  return new Function("signal", `return (${source})()`)(signal);
}

Deno.test("shared objects in props stay shared, inside signals too", async () => {
  const shared = { a: 1 };
  const box = signal({ shared });
  const props = await evaluate([{ box, shared }, { box }]) as Record<
    string,
    unknown
  >[];
  const [first, second] = props as [
    { box: typeof box; shared: object },
    { box: typeof box },
  ];
  assert(first.box === second.box);
  assert(first.box.value.shared === first.shared);
});

Deno.test("a signal may contain itself", async () => {
  const circle = signal<unknown>(null);
  circle.value = { circle };
  const [props] = await evaluate([{ circle }]) as [{ circle: typeof circle }];
  assert((props.circle.value as { circle: unknown }).circle === props.circle);
});

Deno.test("a __proto__ key does not reach the browser", async () => {
  const props = JSON.parse('{"value":{"__proto__":{"bad":1},"a":1}}');
  const [{ value }] = await evaluate([props]) as [
    { value: Record<string, unknown> },
  ];
  assertEquals(Object.keys(value), ["a"]);
  assertEquals(value.bad, undefined);
});

Deno.test("keys may be any text and values undefined", async () => {
  const props = { "</script>": undefined, "a-b": [null, { c: "<!--" }] };
  assertEquals(await evaluate([props]), [props]);
  const { source } = await serializeProps([props]);
  assertFalse(source.includes("<"));
});

Deno.test("a view of a buffer sends the full buffer", async () => {
  const view = new Uint8Array([1, 2, 3]).subarray(1, 2);
  const [{ bytes }] = await evaluate([{ bytes: view }]) as [
    { bytes: Uint8Array },
  ];
  assertEquals([...bytes], [1, 2, 3]);
});
