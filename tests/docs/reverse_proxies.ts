/** Runs the reverse proxies of docs/deploy.md with Debian's nginx and Caddy. */
import { assert, assertEquals } from "@std/assert";
import { snippet } from "@/tests/helpers/deploy_doc.ts";
import {
  freePort,
  startAlone,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";
import { environmentOf } from "@/tests/helpers/two_processes.ts";

const NGINX = "/usr/sbin/nginx";
const CADDY = "/usr/bin/caddy";

interface Ports {
  proxy: number;
  portico: number;
  app: number;
}

/** The snippet without TLS, as a complete configuration. */
function nginxConfiguration(folder: string, ports: Ports): string {
  const site = snippet("nginx", "upstream portico")
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

/** The snippet without TLS and Caddy's admin port, with a shorter timeout. */
function caddyConfiguration(ports: Ports): string {
  return snippet("text", "reverse_proxy")
    .replace("{\n", "{\n  admin off\n")
    .replace("read_header 10s", "read_header 200ms")
    .replace("billing.example.com", `http://127.0.0.1:${ports.proxy}`)
    .replace("127.0.0.1:8000", `127.0.0.1:${ports.portico}`);
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

/** Serves Portico, an app, and a proxy before them. */
function withProxy(
  command: (folder: string, ports: Ports) => Promise<string[]>,
  test: (ports: Ports) => Promise<void>,
): Promise<void> {
  return withFolder(async (folder) => {
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
    const [program = "", ...args] = await command(folder, ports);
    const proxy = new Deno.Command(program, {
      args,
      env: { HOME: folder },
      stderr: "piped",
    }).spawn();
    const printed = new Response(proxy.stderr).text();
    try {
      await until(`http://127.0.0.1:${ports.proxy}`);
      await test(ports);
    } finally {
      proxy.kill("SIGTERM");
      await proxy.status;
      await printed;
      await app.shutdown();
    }
  });
}

async function textOf({ proxy }: Ports, path: string): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${proxy}${path}`)).text();
}

async function testPortico(ports: Ports): Promise<void> {
  assertEquals(JSON.parse(await textOf(ports, "/healthz")).ok, true);
  const page = await textOf(ports, "/pricing");
  const assets = page.matchAll(
    /(?:src|href)="(\/[^"#]+\.(?:css|js|svg)[^"]*)"/g,
  );
  for (const [, asset = ""] of assets) {
    const response = await fetch(`http://127.0.0.1:${ports.proxy}${asset}`);
    assertEquals(response.status, 200, asset);
    assert(await response.text() !== "the app", asset);
  }
  const refused = await textOf(ports, "/api/v1/account/balance");
  assertEquals(JSON.parse(refused).error, "unauthorized");
}

Deno.test("nginx sends Portico's paths to Portico and the others to the app", () =>
  withProxy(async (folder, ports) => {
    const file = `${folder}/nginx.conf`;
    await Deno.writeTextFile(file, nginxConfiguration(folder, ports));
    return [NGINX, "-p", folder, "-c", file];
  }, async (ports) => {
    assertEquals(await textOf(ports, "/"), "the app");
    assertEquals(await textOf(ports, "/dashboard"), "the app");
    await testPortico(ports);
  }));

Deno.test("Caddy serves Portico on its own host, and closes slow connections", () =>
  withProxy(async (folder, ports) => {
    const file = `${folder}/Caddyfile`;
    await Deno.writeTextFile(file, caddyConfiguration(ports));
    return [CADDY, "run", "--config", file];
  }, async (ports) => {
    await testPortico(ports);
    using slow = await Deno.connect({
      hostname: "127.0.0.1",
      port: ports.proxy,
    });
    await slow.write(new TextEncoder().encode("GET /healthz HTTP/1.1\r\n"));
    assertEquals(await slow.read(new Uint8Array(1)), null);
  }));
