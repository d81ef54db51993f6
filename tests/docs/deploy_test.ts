import { assert, assertEquals, assertMatch } from "@std/assert";
import { loadConfig, VARIABLES } from "@/lib/config/config.ts";
import { snippet } from "@/tests/helpers/deploy_doc.ts";

function settings(ini: string): Map<string, string> {
  const lines = ini.split("\n").filter((line) => /^\w+=/.test(line));
  return new Map(lines.map((line) => {
    const [name = "", ...value] = line.split("=");
    return [name, value.join("=")];
  }));
}

Deno.test("the environment file of systemd is a valid configuration", () => {
  const environment = settings(snippet("ini", "/etc/portico.env"));
  for (const name of environment.keys()) assert(VARIABLES.includes(name), name);
  const config = loadConfig(Object.fromEntries(environment));
  assertEquals(config.stripe.mode, "live");
});

Deno.test("the systemd unit serves, and outlasts the drain", async () => {
  const unit = settings(snippet("ini", "portico.service"));
  const task = /^\/usr\/local\/bin\/deno task (\w+)$/
    .exec(unit.get("ExecStart") ?? "")?.[1];
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  assert(task !== undefined && task in tasks);
  assert(Number(unit.get("TimeoutStopSec")) > 10);
  assertEquals(unit.get("EnvironmentFile"), "/etc/portico.env");
  const environment = settings(snippet("ini", "/etc/portico.env"));
  const stateFolder = `/var/lib/${unit.get("StateDirectory")}/`;
  assert(environment.get("KV_PATH")?.startsWith(stateFolder));
});

Deno.test("the container serves the build", async () => {
  const container = snippet("dockerfile", "FROM");
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  assertMatch(container, /^CMD \["task", "serve"\]$/m);
  assert("serve" in tasks);
  const ci = await Deno.readTextFile(".ci/run");
  const version = /deno@([\d.]+)/.exec(ci)?.[1];
  assert(container.includes(`denoland/deno:${version}`), "another Deno");
});

const PROXY = snippet("nginx", "upstream portico");

/** The paths that the proxy sends to Portico. */
const LOCATIONS = [...PROXY.matchAll(/location ~ (\S+) \{/g)]
  .map(([, pattern = ""]) => new RegExp(pattern));

function isOurs(path: string): boolean {
  return LOCATIONS.some((pattern) => pattern.test(path));
}

Deno.test("the proxy sends every route and asset to Portico", async () => {
  const { paths } = await import("@/lib/http/openapi/document.ts")
    .then(({ openApiDocument }) =>
      openApiDocument("https://app.example.com", "__session")
    );
  for (const path of Object.keys(paths as object)) assert(isOurs(path), path);
  for await (const { name, isDirectory } of Deno.readDir("static")) {
    assert(isOurs(`/${name}${isDirectory ? "/x" : ""}`), name);
  }
  const ofSandbox = ["sandbox", "sign-in"];
  for await (const { name } of Deno.readDir("routes")) {
    const path = name.replace(/\.tsx?$/, "");
    if (path.startsWith("_") || path === "index") continue;
    if (path === "api") continue; // in the OpenAPI document
    assertEquals(isOurs(`/${path}`), !ofSandbox.includes(path), path);
  }
  for (const path of ["/", "/dashboard", "/api/other", "/accounts"]) {
    assert(!isOurs(path), path);
  }
});

Deno.test("the list of tasks is that of deno.json", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  const text = await Deno.readTextFile("docs/operations.md");
  const listed = [...text.matchAll(/^\| `deno task ([\w:-]+)/gm)];
  const names = new Set(listed.map(([, name = ""]) => name));
  assertEquals([...names].sort(), Object.keys(tasks).sort());
});
