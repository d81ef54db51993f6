import { assert, assertEquals, assertMatch } from "@std/assert";
import { loadConfig, VARIABLES } from "@/lib/config/config.ts";
import {
  freePort,
  startAlone,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";
import { environmentOf } from "@/tests/helpers/two_processes.ts";

const DEPLOY = await Deno.readTextFile("docs/deploy.md");

/** The snippet of the document that contains a text. */
function snippet(language: string, text: string): string {
  const fences = DEPLOY.matchAll(/^```(\w+)\n(.*?)^```$/gms);
  for (const [, found, code = ""] of fences) {
    if (found === language && code.includes(text)) return code;
  }
  throw new Error(`docs/deploy.md has no ${language} snippet with ${text}`);
}

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
    .then(({ openApiDocument }) => openApiDocument("https://app.example.com"));
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

const NGINX = "/usr/sbin/nginx";

/** Runs without nginx are skipped, but never in CI. */
const ignore = Deno.env.get("CI") === undefined && !isInstalled();

function isInstalled(): boolean {
  try {
    return Deno.statSync(NGINX).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The snippet without TLS, as a complete configuration. */
function nginxConfiguration(
  folder: string,
  ports: { proxy: number; portico: number; app: number },
): string {
  const site = PROXY
    .replace("listen 443 ssl;", `listen 127.0.0.1:${ports.proxy};`)
    .replaceAll(/^\s*ssl_.*\n/gm, "")
    .replace("server 127.0.0.1:8000;", `server 127.0.0.1:${ports.portico};`)
    .replace("127.0.0.1:3000;", `127.0.0.1:${ports.app};`);
  const folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`).join("\n");
  return `daemon off;
pid ${folder}/nginx.pid;
error_log stderr;
events {}
http {
access_log off;
${folders}
${site}
}`;
}

async function until(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      await (await fetch(url)).body?.cancel();
      return;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  throw new Error(`${url} does not respond`);
}

Deno.test({
  name: "nginx sends Portico's paths to Portico and the others to the app",
  ignore,
  fn: () =>
    withFolder(async (folder) => {
      const app = Deno.serve(
        { port: 0, hostname: "127.0.0.1", onListen: () => {} },
        () => new Response("the app"),
      );
      await using served = await startAlone({
        ...await environmentOf("http://127.0.0.1:9", `${folder}/kv.sqlite3`),
        TRUSTED_PROXY: "127.0.0.1",
      });
      await untilServed(served);
      const ports = {
        proxy: freePort(),
        portico: Number(new URL(served.url).port),
        app: app.addr.port,
      };
      const file = `${folder}/nginx.conf`;
      await Deno.writeTextFile(file, nginxConfiguration(folder, ports));
      const nginx = new Deno.Command(NGINX, {
        args: ["-p", folder, "-c", file],
        stderr: "piped",
      }).spawn();
      const printed = new Response(nginx.stderr).text();
      try {
        const origin = `http://127.0.0.1:${ports.proxy}`;
        await until(origin);
        const textOf = async (path: string) =>
          await (await fetch(`${origin}${path}`)).text();
        assertEquals(await textOf("/"), "the app");
        assertEquals(await textOf("/dashboard"), "the app");
        assertEquals(JSON.parse(await textOf("/healthz")).ok, true);
        const page = await textOf("/pricing");
        const assets = page.matchAll(
          /(?:src|href)="(\/[^"#]+\.(?:css|js|svg)[^"]*)"/g,
        );
        for (const [, asset = ""] of assets) {
          const response = await fetch(`${origin}${asset}`);
          assertEquals(response.status, 200, asset);
          assert(await response.text() !== "the app", asset);
        }
        const refused = await fetch(`${origin}/api/v1/account/balance`);
        assertEquals((await refused.json()).error, "unauthorized");
      } finally {
        nginx.kill("SIGTERM");
        await nginx.status;
        await printed;
        await app.shutdown();
      }
    }),
});
