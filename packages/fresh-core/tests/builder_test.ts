import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { App } from "fresh";
import { Builder } from "fresh/dev";
import { readProjectConfig } from "../src/dev/project_config.ts";
import { caller, fileApp, fixture } from "./testing.ts";

Deno.test("a builder resolves its options to absolute paths", () => {
  const { config } = new Builder({
    root: import.meta.resolve("./fixtures/small"),
  });
  const root = fixture("small");
  assertEquals(config.root, root);
  assertEquals(config.serverEntry, `${root}/main.ts`);
  assertEquals(config.outDir, `${root}/_fresh`);
  assertEquals(config.staticDir, [`${root}/static`]);
  assertEquals([config.islandDir, config.routeDir], [
    `${root}/islands`,
    `${root}/routes`,
  ]);
});

Deno.test("a builder has its app's state type", async () => {
  const builder = new Builder<{ user: string }>({ root: fixture("none") });
  const apply = await builder.build({ snapshot: "memory" });
  apply(new App<{ user: string }>());
  // @ts-expect-error: Fresh keeps the type of what `build()` gives to itself.
  type ApplyBuild = import("fresh/dev").ApplyBuild;
});

Deno.test("onTransformStaticFile() is refused with a reason", () => {
  const builder = new Builder({ root: fixture("none") });
  assertThrows(
    () =>
      builder.onTransformStaticFile(
        { pluginName: "a", filter: /\.css$/ },
        ({ text }) => ({ content: text.trim() }),
      ),
    Error,
    "Cannot use onTransformStaticFile()",
  );
});

/**
 * Runs a fixture in a child process: test files that run in parallel share
 * their environment variables.
 */
async function runFixture(
  name: string,
  grant: string,
  env: Record<string, string>,
) {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-check", "--allow-read", grant],
      ...["--config", new URL("../../../deno.json", import.meta.url).pathname],
      fixture(name),
    ],
    env,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  return { success, out: text.decode(stdout), err: text.decode(stderr) };
}

Deno.test("an app without a build does not start on a deployment", async () => {
  const onDeployment = { DENO_DEPLOYMENT_ID: "d1" };
  const refused = await runFixture(
    "deployment.ts",
    "--allow-env",
    onDeployment,
  );
  assertEquals(refused.success, false);
  assertStringIncludes(refused.err, "no build");
  assertEquals(refused.out, "development: started\n");
});

const ID_VARIABLES = "DENO_DEPLOYMENT_ID,GITHUB_SHA,CI_COMMIT_SHA";

Deno.test("without a build there is a build id", async () => {
  const grant = `--allow-env=${ID_VARIABLES}`;
  const known = await runFixture("asset.ts", grant, {
    DENO_DEPLOYMENT_ID: "abc",
  });
  assertEquals(
    known.out.trim(),
    "/x?__frsh_c=a9993e364706816aba3e25717850c26c9cd0d89d",
    known.err,
  );
  const noId = { DENO_DEPLOYMENT_ID: "", GITHUB_SHA: "", CI_COMMIT_SHA: "" };
  const random = await runFixture("asset.ts", grant, noId);
  assertMatch(random.out.trim(), /^\/x\?__frsh_c=[0-9a-f]{40}$/);
});

Deno.test("Fresh cannot be imported without permission for the build id variables", async () => {
  const refused = await runFixture("asset.ts", "--allow-env=PORT", {});
  assertEquals(refused.success, false);
  assertStringIncludes(refused.err, "NotCapable");
});

Deno.test("the build id is derived from the commit, or random", async () => {
  const { GITHUB_SHA } = Deno.env.toObject();
  const idOf = async () => {
    const builder = new Builder({ root: fixture("none") });
    await builder.build({ snapshot: "memory" });
    return builder.config.buildId;
  };
  Deno.env.set("GITHUB_SHA", "abc");
  assertEquals(await idOf(), "a9993e364706816aba3e25717850c26c9cd0d89d");
  Deno.env.delete("GITHUB_SHA");
  assertMatch(await idOf(), /^[0-9a-f]{40}$/);
  if (GITHUB_SHA !== undefined) Deno.env.set("GITHUB_SHA", GITHUB_SHA);
});

Deno.test("a project without routes, islands or files builds", async () => {
  const app = new App<unknown>().fsRoutes();
  (await new Builder({ root: fixture("none") }).build({ snapshot: "memory" }))(
    app,
  );
  assertEquals((await caller(app)("/")).status, 404);
});

Deno.test("two builds in one process are independent", async () => {
  const build = async (name: string) => {
    const app = fileApp();
    const builder = new Builder({ root: fixture(name) });
    (await builder.build({ snapshot: "memory" }))(app);
    return caller(app);
  };
  const [small, files] = await Promise.all([build("small"), build("files")]);
  assertStringIncludes(await (await small("/")).text(), "frsh:island:Tiny");
  assertStringIncludes(await (await files("/")).text(), "<h1>home</h1>");
});

Deno.test("a build checks the compiler options that Fresh needs", async () => {
  const folder = await Deno.makeTempDir();
  const write = (compilerOptions: unknown) =>
    Deno.writeTextFile(
      `${folder}/deno.jsonc`,
      `{ // a comment, and "//" in a string\n"compilerOptions": ${
        JSON.stringify(compilerOptions)
      }, }`,
    );
  await write({});
  await assertRejects(
    () => readProjectConfig(folder),
    Error,
    "jsxImportSource",
  );
  await write({ jsx: "precompile", jsxImportSource: "preact" });
  await assertRejects(() => readProjectConfig(folder), Error, "lacks a img");
  await write({ jsx: "react-jsx", jsxImportSource: "preact" });
  assertEquals((await readProjectConfig(folder)).path, `${folder}/deno.jsonc`);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an island that cannot be bundled fails the build with the reason", async () => {
  const folder = await Deno.makeTempDir();
  const island = `${folder}/Broken.tsx`;
  await Deno.writeTextFile(island, 'export { a } from "./not-there.ts";');
  const builder = new Builder({ root: fixture("small") });
  builder.registerIsland(island);
  await assertRejects(
    () => builder.build({ snapshot: "memory" }),
    Error,
    "not-there.ts",
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a build refuses to overwrite the project", async () => {
  const builder = new Builder({ root: fixture("none"), outDir: ".." });
  await assertRejects(() => builder.build(), Error, "holds the project");
});

Deno.test("a build on disk serves with net, read and env permissions only", async () => {
  const root = fixture("small");
  const builder = new Builder({
    root,
    outDir: await Deno.makeTempDir({ dir: root, prefix: "_fresh_" }),
  });
  const { outDir, buildId } = builder.config;
  try {
    await quietly(() => builder.build());
    const { path } = await readProjectConfig(root);
    const server = serve(`${outDir}/server.js`, path);
    try {
      await checkServer(await server.origin, buildId);
    } finally {
      await server.stop();
    }
  } finally {
    await Deno.remove(outDir, { recursive: true });
  }
});

async function checkServer(origin: string, buildId: string) {
  const page = await fetch(origin);
  assertEquals(page.status, 200);
  assertStringIncludes(await page.text(), "frsh:island:Tiny");
  const link = page.headers.get("link") ?? "";
  const script = await fetch(origin + /<([^>]+)>/.exec(link)?.[1]);
  assertStringIncludes(script.headers.get("cache-control") ?? "", "immutable");
  await script.body?.cancel();
  assertEquals(await (await fetch(`${origin}/p%20q.txt`)).text(), "plain\n");
  const css = await (await fetch(`${origin}/s.css`)).text();
  assertStringIncludes(css, `__frsh_c=${buildId}`);
}

/** Runs a built server with `deno serve` and production permissions. */
function serve(entry: string, config: string) {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["serve", "--host", "127.0.0.1", "--port", "0"],
      ...["--allow-net", "--allow-read", "--allow-env"],
      ...["--config", config, entry],
    ],
    stdout: "null",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const lines = process.stderr.pipeThrough(new TextDecoderStream());
  return {
    origin: readOrigin(lines),
    stop: async () => {
      process.kill();
      await process.status;
    },
  };
}

async function readOrigin(lines: ReadableStream<string>): Promise<string> {
  let seen = "";
  for await (const text of lines) {
    seen += text;
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(seen)?.[0];
    if (origin !== undefined) return origin;
  }
  throw new Error(`Cannot find the server's address in: ${seen}`);
}

async function quietly(run: () => Promise<unknown>) {
  const { log } = console;
  console.log = () => {};
  try {
    await run();
  } finally {
    console.log = log;
  }
}
