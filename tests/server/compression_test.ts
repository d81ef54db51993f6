import { assert, assertEquals } from "@std/assert";
import {
  startServing,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";

interface WireResponse {
  status: number;
  headers: Headers;
  /** Body size in bytes, without chunk framing. */
  bytes: number;
}

/** Requests without `fetch`, which would decompress. */
async function ask(
  url: string,
  init: { method?: string; headers?: Record<string, string> } = {},
): Promise<WireResponse> {
  const { hostname, port, pathname, search } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const headers = { Host: "app", Connection: "close", ...init.headers };
  const lines = Object.entries(headers).map((pair) => pair.join(": "));
  const target = `${init.method ?? "GET"} ${pathname}${search} HTTP/1.1`;
  const request = [target, ...lines, "", ""].join("\r\n");
  await connection.write(new TextEncoder().encode(request));
  const response = new Response(connection.readable);
  return parse(new TextDecoder("latin1").decode(await response.bytes()));
}

function parse(text: string): WireResponse {
  const end = text.indexOf("\r\n\r\n");
  const [status = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Headers(lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1)];
  }));
  const body = text.slice(end + 4);
  const isChunked = headers.get("Transfer-Encoding") === "chunked";
  const bytes = isChunked ? sizeOfChunks(body) : body.length;
  return { status: Number(status.split(" ")[1]), headers, bytes };
}

function sizeOfChunks(body: string): number {
  let bytes = 0;
  for (let at = 0;;) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = parseInt(body.slice(at, lineEnd), 16);
    if (!(size > 0)) return bytes;
    bytes += size;
    at = lineEnd + 2 + size + 2;
  }
}

const BROWSER = { "Accept-Encoding": "gzip, deflate, br" };

Deno.test("HTML, JSON, CSS and JS are compressed", () =>
  withFolder(async (folder) => {
    const env = { KV_PATH: `${folder}/kv.sqlite3` };
    await using served = await startServing(env);
    await untilServed(served);
    const at = (path: string) => `${served.url}${path}`;

    const paths = ["/pricing", "/openapi.json", "/styles.css", "/docs.js"];
    for (const path of paths) {
      const plain = await ask(at(path));
      const { status, headers, bytes } = await ask(at(path), {
        headers: BROWSER,
      });
      assertEquals([plain.status, status], [200, 200], path);
      assertEquals(headers.get("Content-Encoding"), "br", path);
      assert(headers.get("Vary")?.includes("Accept-Encoding"), path);
      assert(bytes < plain.bytes, `${path}: ${bytes} of ${plain.bytes}`);
    }

    // Everything loaded by the API reference.
    const page = await (await fetch(at("/docs"))).text();
    const linked = [
      ...page.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css)[^"]*)"/g),
    ]
      .map(([, path = ""]) => path.replaceAll("&amp;", "&"));
    let total = 0;
    let identity = 0;
    for (const path of ["/docs", "/openapi.json", ...new Set(linked)]) {
      total += (await ask(at(path), { headers: BROWSER })).bytes;
      identity += (await ask(at(path))).bytes;
    }
    assert(identity > 1_000_000 && total < 500_000, `${total} of ${identity}`);

    const script = "/viewer/swagger-ui-bundle.js";
    const whole = await ask(at(script), { headers: BROWSER });
    const { size } = await Deno.stat(`static${script}.br`);
    assertEquals(
      whole.bytes,
      size,
      "expected the file compressed by the build",
    );
    assertEquals(whole.headers.get("Content-Encoding"), "br");
    const tag = whole.headers.get("ETag") ?? "";
    const again = await ask(at(script), {
      headers: { ...BROWSER, "If-None-Match": tag },
    });
    assertEquals([again.status, again.bytes], [304, 0]);
    const unpacked = await (await fetch(at(script))).text();
    assertEquals(unpacked, await Deno.readTextFile(`static${script}`));
    const gzip = await ask(at(script), {
      headers: { "Accept-Encoding": "gzip, br;q=0" },
    });
    assertEquals(gzip.headers.get("Content-Encoding"), "gzip");
    const head = await ask(at(script), { method: "HEAD", headers: BROWSER });
    assertEquals([head.status, head.bytes], [200, 0]);
  }));
