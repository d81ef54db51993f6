import { assert, assertEquals } from "@std/assert";
import {
  startServing,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";

const PROBE = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

/** A form post that never ends. */
const ENDLESS = "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
  "Sec-Fetch-Site: same-origin\r\nContent-Length: 100\r\n" +
  "Content-Type: application/x-www-form-urlencoded\r\n\r\nuser=";

async function say(connection: Deno.Conn, text: string): Promise<void> {
  await connection.write(new TextEncoder().encode(text));
}

/** The status line, or an empty string once the connection is closed. */
async function answerAt(connection: Deno.Conn): Promise<string> {
  const bytes = new Uint8Array(2_048);
  const length = await connection.read(bytes) ?? 0;
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  return text.split("\r\n")[0] ?? "";
}

/** Null if the server no longer listens. */
async function statusOf(url: string): Promise<number | null> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

for (
  const { place, more, seconds } of [
    { place: "", more: {}, seconds: 10 },
    {
      ...{ place: " on Deno Deploy", seconds: 5 },
      more: { DENO_DEPLOYMENT_ID: "abc" },
    },
  ]
) {
  Deno.test(`SIGTERM stops new requests and drains for at most ${seconds} s${place}`, () =>
    withFolder(async (folder) => {
      const env = { KV_PATH: `${folder}/kv.sqlite3`, ...more };
      await using served = await startServing(env);
      await untilServed(served);
      const port = Number(new URL(served.url).port);
      using idle = await Deno.connect({ port });
      await say(idle, PROBE);
      assertEquals(await answerAt(idle), "HTTP/1.1 200 OK");
      using inHand = await Deno.connect({ port });
      await say(inHand, ENDLESS);
      await new Promise((done) => setTimeout(done, 300));
      const stoppedAtMs = performance.now();
      served.process.kill("SIGTERM");
      assertEquals(await answerAt(idle), "", "idle connections must close");
      assert([null, 503].includes(await statusOf(`${served.url}/healthz`)));
      assertEquals((await served.ended()).code, 1);
      const tookMs = performance.now() - stoppedAtMs;
      const [leastMs, mostMs] = [seconds * 500, seconds * 1_150];
      assert(tookMs > leastMs && tookMs < mostMs, `it took ${tookMs} ms`);
    }));
}
