import { assert, assertEquals } from "@std/assert";
import {
  startWithFiles,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";

const MAX_FILES = 256;
const OK = "HTTP/1.1 200 OK";

/** The status line of a request on an open connection. */
async function ask(connection: Deno.Conn, path: string): Promise<string> {
  const request = `HEAD ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  const bytes = new Uint8Array(64 * 1024);
  const length = await connection.read(bytes) ?? 0;
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  return text.split("\r\n")[0] ?? "";
}

/** Opens idle connections until the server accepts no more. */
async function exhaust(port: number): Promise<Deno.Conn[]> {
  const held: Deno.Conn[] = [];
  while (held.length < 2 * MAX_FILES) {
    try {
      held.push(await Deno.connect({ port }));
    } catch (error) {
      if (!isRefused(error)) throw error;
      if (held.length > MAX_FILES / 2) return held;
      await new Promise((done) => setTimeout(done, 20));
    }
  }
  return held;
}

/** A reset connection was waiting for `accept` when the listener failed. */
function isRefused(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionRefused ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.NotConnected;
}

async function untilAnswered(url: string): Promise<number> {
  const startedAtMs = performance.now();
  while (performance.now() - startedAtMs < 5_000) {
    try {
      const { status, body } = await fetch(`${url}/healthz`);
      await body?.cancel();
      if (status === 200) return performance.now() - startedAtMs;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  return Infinity;
}

Deno.test("out of file descriptors, open connections work and the app accepts again within 2 s", () =>
  withFolder(async (folder) => {
    await using served = await startWithFiles(MAX_FILES, {
      KV_PATH: `${folder}/kv.sqlite3`,
    });
    await untilServed(served);
    const port = Number(new URL(served.url).port);
    using open = await Deno.connect({ port });
    assertEquals(await ask(open, "/api/v1/plans"), OK);
    for (const newRoute of ["/openapi.json", "/pricing"]) {
      const held = await exhaust(port);
      await new Promise((done) => setTimeout(done, 2_500));
      assertEquals(await ask(open, "/api/v1/plans"), OK, "during the outage");
      assertEquals(await ask(open, newRoute), OK, "a route not loaded before");
      held.forEach((connection) => connection.close());
      const waitedMs = await untilAnswered(served.url);
      assert(waitedMs < 2_000, `accepted after ${waitedMs} ms`);
    }
    served.process.kill("SIGTERM");
    const { code, printed } = await served.ended();
    assertEquals(code, 0);
    const lines = printed.split("\n").filter((line) =>
      line.includes("cannot accept connections")
    );
    assertEquals(lines.length, 1, printed);
  }));
