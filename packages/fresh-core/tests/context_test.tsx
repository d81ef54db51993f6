import { assertEquals, assertStringIncludes } from "@std/assert";
import { App, type Context } from "fresh";
import { caller, logged } from "./testing.ts";

/** Answers one request with `handler`. */
function answer(
  handler: (
    ctx: Context<Record<string, unknown>>,
  ) => Response | Promise<Response>,
  path = "/",
): Promise<Response> {
  return caller(new App<Record<string, unknown>>().get("*", handler))(path);
}

function location(target: string, path = "/", status?: number) {
  return answer((ctx) => ctx.redirect(target, status), path)
    .then((response) => response.headers.get("location"));
}

Deno.test("a context starts with empty state and without data or error", async () => {
  const response = await answer((ctx) =>
    ctx.json([
      ctx.state,
      ctx.data === undefined,
      ctx.error,
      ctx.isPartial,
      ctx.info.remoteAddr,
    ])
  );
  assertEquals(await response.json(), [
    {},
    true,
    null,
    false,
    { transport: "tcp", hostname: "localhost", port: 1234 },
  ]);
});

Deno.test("a request with the partial query parameter is partial, whatever the value", async () => {
  const isPartial = async (path: string) =>
    (await answer((ctx) => ctx.json(ctx.isPartial), path)).json();
  assertEquals(await isPartial("/?fresh-partial"), true);
  assertEquals(await isPartial("/?fresh-partial=false"), true);
  assertEquals(await isPartial("/?other"), false);
});

Deno.test("redirect() answers 302 or the given status, without a body", async () => {
  const response = await answer((ctx) => ctx.redirect("/x"));
  assertEquals(response.status, 302);
  assertEquals(await response.text(), "");
  assertEquals((await answer((ctx) => ctx.redirect("/x", 303))).status, 303);
});

Deno.test("redirect() rewrites protocol-relative targets but not backslashes", async () => {
  assertEquals(await location("//evil.com"), "/evil.com");
  assertEquals(await location("///a//b?u=//x#//y"), "/a/b?u=//x#//y");
  assertEquals(await location("/\\evil.com"), "/\\evil.com");
  assertEquals(await location("https://a//b"), "https://a//b");
  assertEquals(await location("a//b"), "a//b");
});

Deno.test("redirect() keeps a partial request partial", async () => {
  assertEquals(
    await location("/a?b#c", "/?fresh-partial=1"),
    "/a?b&fresh-partial=true#c",
  );
});

Deno.test("text() is plain text unless another type is given", async () => {
  const plain = await answer((ctx) => ctx.text("hi"));
  assertEquals(plain.headers.get("content-type"), "text/plain;charset=UTF-8");
  const xml = await answer((ctx) =>
    ctx.text("<a/>", { headers: { "content-type": "text/xml" } })
  );
  assertEquals(xml.headers.get("content-type"), "text/xml");
});

Deno.test("html() is always HTML", async () => {
  const response = await answer((ctx) =>
    ctx.html("<p>", {
      status: 201,
      headers: { "content-type": "x/y", "x-a": "1" },
    })
  );
  assertEquals(response.status, 201);
  assertEquals(
    response.headers.get("content-type"),
    "text/html; charset=utf-8",
  );
  assertEquals(response.headers.get("x-a"), "1");
});

Deno.test("stream() sends strings, bytes and other values", async () => {
  const response = await answer((ctx) =>
    ctx.stream(function* () {
      yield "a";
      yield new Uint8Array([98]);
      yield 3;
    })
  );
  assertEquals(response.headers.get("content-type"), null);
  assertEquals(await response.text(), "ab3");
});

Deno.test("a middleware may replace the request", async () => {
  const app = new App()
    .use((ctx) => {
      ctx.req = new Request(ctx.req, { headers: { "x-a": "1" } });
      return ctx.next();
    })
    .get("/", (ctx) => ctx.text(ctx.req.headers.get("x-a") ?? "none"));
  assertEquals(await (await caller(app)("/")).text(), "1");
});

Deno.test("render() returns a complete document", async () => {
  const response = await answer((ctx) => ctx.render(<h1>hi</h1>));
  assertEquals(response.status, 200);
  assertEquals(
    response.headers.get("content-type"),
    "text/html; charset=utf-8",
  );
  assertEquals(
    await response.text(),
    '<!DOCTYPE html><html><head><meta charset="utf-8"/></head><body><h1>hi</h1></body></html>',
  );
});

Deno.test("render() keeps status and headers, but not the content type", async () => {
  const response = await answer((ctx) =>
    ctx.render(null, {
      status: 201,
      statusText: "Made",
      headers: { "x-a": "1", "content-type": "text/plain" },
    })
  );
  assertEquals(response.status, 201);
  assertEquals(response.statusText, "Made");
  assertEquals(response.headers.get("x-a"), "1");
  assertEquals(
    response.headers.get("content-type"),
    "text/html; charset=utf-8",
  );
  assertStringIncludes(await response.text(), "<body></body>");
});

Deno.test("render() refuses values other than JSX and null", async () => {
  for (const value of ["text", undefined, 1]) {
    const { result, logs } = await logged(() =>
      answer((ctx) => ctx.render(value as unknown as null))
    );
    assertEquals(result.status, 500);
    assertStringIncludes(String(logs[0]), "required JSX or null");
  }
});
