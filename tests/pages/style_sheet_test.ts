import { assert, assertEquals, assertMatch } from "@std/assert";
import { authorization, openTestApp } from "@/tests/helpers/app.ts";

const PAGES = [
  ...["/organization", "/organization/usage", "/organization/invoices"],
  ...["/organization/api-keys", "/organization/activity", "/account"],
  ...["/organization/details", "/pricing", "/nope"],
];

Deno.test("every page loads the same single style sheet", async () => {
  await using app = await openTestApp();
  const headers = { Accept: "text/html", ...await authorization() };
  const hrefs = new Set<string>();
  for (const path of PAGES) {
    const html = await (await app.fetch(path, { headers })).text();
    const links = [...html.matchAll(/rel="stylesheet" href="([^"]+)"/g)];
    assertEquals(links.length, 1, path);
    hrefs.add(links[0]?.[1] ?? "");
  }
  assertEquals(hrefs.size, 1);
  const [href = ""] = hrefs;
  const response = await app.fetch(href);
  assertMatch(response.headers.get("Content-Type") ?? "", /^text\/css/);
  assertMatch(response.headers.get("Cache-Control") ?? "", /immutable/);
  const other = await app.fetch("/styles.css?__frsh_c=former");
  assertEquals(other.headers.get("Cache-Control"), "no-cache");
  assertEquals(await other.text(), await response.text());
});

Deno.test("the style sheet contains every file, the layers first", async () => {
  await using app = await openTestApp();
  const css = await (await app.fetch("/styles.css")).text();
  assert(css.trimStart().startsWith("@layer reset, base, vendor"));
  for await (const { name } of Deno.readDir("static")) {
    if (!name.endsWith(".css")) continue;
    const text = await Deno.readTextFile(`static/${name}`);
    const lines = text.split("\n").map((line) => line.trim());
    const selectors = lines.filter((line) => /^\.[\w-]+ \{$/.test(line));
    for (const selector of selectors) assert(css.includes(selector), name);
  }
  assert(!css.includes("/*"));
});
