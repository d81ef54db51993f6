import { assert, assertEquals, assertRejects } from "@std/assert";
import { fetchJwks, MAX_JWKS_BYTES } from "@/lib/auth/remote_jwks.ts";
import { recordingLog, testKey } from "@/tests/helpers/tokens.ts";

/** Fetches from a real local server with this response. */
async function fetchFrom(
  answer: (request: Request) => Response | Promise<Response>,
  timeoutMs?: number,
) {
  const paths: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      paths.push(new URL(request.url).pathname);
      return answer(request);
    },
  );
  try {
    const url = new URL(`http://127.0.0.1:${server.addr.port}/jwks.json`);
    const keys = await fetchJwks({ url, log: recordingLog().log, timeoutMs });
    return { keys, paths };
  } catch (error) {
    throw Object.assign(new Error(String(error)), { paths });
  } finally {
    await server.shutdown();
  }
}

Deno.test("fetchJwks() reads a key set over HTTP", async () => {
  const { publicJwk } = await testKey("RS256");
  const { keys, paths } = await fetchFrom((request) => {
    assertEquals(request.method, "GET");
    assertEquals(request.headers.get("authorization"), null);
    return Response.json({ keys: [publicJwk] });
  });
  assertEquals(keys, [publicJwk]);
  assertEquals(paths, ["/jwks.json"]);
});

Deno.test("fetchJwks() follows no redirect", async () => {
  const error = await assertRejects(
    () =>
      fetchFrom((request) =>
        Response.redirect(new URL("/elsewhere", request.url), 307)
      ),
    Error,
    "status is 307",
  );
  assertEquals((error as { paths?: string[] }).paths, ["/jwks.json"]);
});

Deno.test("fetchJwks() times out waiting for a response", async () => {
  const late = Promise.withResolvers<Response>();
  const timer = setTimeout(() => late.resolve(new Response("{}")), 400);
  const started = performance.now();
  await assertRejects(
    () => fetchFrom(() => late.promise, 50),
    Error,
    "timed out",
  );
  assert(performance.now() - started < 5_000);
  clearTimeout(timer);
});

Deno.test("fetchJwks() times out reading a body", async () => {
  const dripping = () =>
    new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        controller.enqueue(new Uint8Array([32]));
      },
    });
  await assertRejects(
    () => fetchFrom(() => new Response(dripping()), 80),
    Error,
    "timed out",
  );
});

Deno.test("fetchJwks() refuses a body over the limit", async () => {
  let sent = 0;
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
  await assertRejects(
    () => fetchFrom(() => new Response(endless())),
    Error,
    `over ${MAX_JWKS_BYTES} bytes`,
  );
  assert(sent < 64 * MAX_JWKS_BYTES, "the body was not cancelled");
});
