import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { copyProject, publishedConfig } from "@/tasks/published.ts";
import { deno, freePort, withFolder } from "@/tests/helpers/server_process.ts";

Deno.test("published exits 3 when JSR is unreachable", async () => {
  const closed = `http://127.0.0.1:${freePort()}`;
  const { code, stderr } = await deno(["task", "--quiet", "published"], {
    JSR_URL: closed,
    NO_COLOR: "1",
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

Deno.test("published copies every module of the app without the linked packages", () =>
  withFolder(async (folder) => {
    await copyProject(folder);
    const { imports, links } = JSON.parse(await Deno.readTextFile("deno.json"));
    const modules = Object.values<string>(imports)
      .filter((address) => address.startsWith("./"));
    assert(modules.length >= 3);
    for (const path of modules) await Deno.stat(`${folder}/${path}`);
    const packages = await Array.fromAsync(Deno.readDir(`${folder}/packages`));
    const copied = packages.map(({ name }) => `./packages/${name}`);
    assertEquals(copied.filter((path) => links.includes(path)), []);
  }));
