/** Runs the reverse proxy of docs/deploy.md with Debian's nginx. */
import { assert, assertEquals } from "@std/assert";
import { snippet } from "@/tests/helpers/deploy_doc.ts";
import {
  freePort,
  startAlone,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";
import { environmentOf } from "@/tests/helpers/two_processes.ts";

const PROXY = snippet("nginx", "upstream portico");

const NGINX = "/usr/sbin/nginx";

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
