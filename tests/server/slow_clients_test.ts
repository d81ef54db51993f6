import { assert, assertEquals } from "@std/assert";
import {
  startAlone,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";

const MIB = 1024 * 1024;
const CONNECTIONS = 64;

/** A plausible but invalid signature, so the body is read. */
function signature(): string {
  return `t=${Math.floor(Date.now() / 1000)},v1=${"0".repeat(64)}`;
}

/** Sends all but the last byte of a body, and returns the status. */
async function stall(port: number): Promise<string> {
  using connection = await Deno.connect({ port });
  const head = "POST /api/v1/webhooks/stripe HTTP/1.1\r\nHost: app\r\n" +
    `Stripe-Signature: ${signature()}\r\nContent-Length: ${MIB}\r\n\r\n`;
  const bytes = new TextEncoder().encode(head + "x".repeat(MIB - 1));
  const answer = new Uint8Array(1_024);
  const reading = connection.read(answer);
  // Not awaited: a refused body is not read to the end.
  sendAll(connection, bytes);
  const text = new TextDecoder().decode(answer.subarray(0, await reading ?? 0));
  return text.split(" ")[1] ?? "closed";
}

async function sendAll(connection: Deno.Conn, bytes: Uint8Array) {
  try {
    for (let at = 0; at < bytes.length;) {
      at += await connection.write(bytes.subarray(at, at + 64 * 1024));
    }
  } catch (error) {
    if (!isClosed(error)) throw error;
  }
}

/** The server or the end of the test closed the connection. */
function isClosed(error: unknown): boolean {
  return error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionReset;
}

Deno.test("stalled webhook bodies hold at most 32 MiB for 15 s", () =>
  withFolder(async (folder) => {
    await using served = await startAlone({ KV_PATH: `${folder}/kv.sqlite3` });
    await untilServed(served);
    const port = Number(new URL(served.url).port);
    const startedAtMs = performance.now();
    const statuses = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => stall(port)),
    );
    const tookMs = performance.now() - startedAtMs;
    const count = (status: string) =>
      statuses.filter((one) => one === status).length;
    assertEquals(count("503") + count("408"), CONNECTIONS, statuses.join());
    assert(count("408") <= 32, `${count("408")} were held`);
    assert(tookMs > 14_000 && tookMs < 20_000, `it took ${tookMs} ms`);

    const { status, body } = await fetch(
      `${served.url}/api/v1/webhooks/stripe`,
      {
        method: "POST",
        headers: { "Stripe-Signature": signature() },
        body: "x".repeat(MIB),
      },
    );
    await body?.cancel();
    assertEquals(status, 400, "the byte budget must be free again");
  }));
