import { assertEquals, assertStringIncludes } from "@std/assert";
import { publishedConfig } from "@/tasks/published.ts";
import { deno, freePort } from "@/tests/helpers/server_process.ts";

Deno.test("published exits 3 when JSR is unreachable", async () => {
  const closed = `http://127.0.0.1:${freePort()}`;
  const { code, stderr } = await deno(["task", "--quiet", "published"], {
    ...{ JSR_URL: closed, NO_COLOR: "1" },
  }).output();
  const printed = new TextDecoder().decode(stderr);
  assertEquals(code, 3, printed);
  assertStringIncludes(printed, `Cannot reach JSR at ${closed}`);
});

Deno.test("published removes only the links from the configuration", async () => {
  const own = await Deno.readTextFile("deno.json");
  const { links: _, ...rest } = JSON.parse(own);
  assertEquals(JSON.parse(publishedConfig(own)), rest);
});
