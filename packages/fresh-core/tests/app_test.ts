import { assertEquals, assertRejects } from "@std/assert";
import { App, HttpError } from "fresh";
import { caller, logged } from "./testing.ts";

const ok = (text = "ok") => () => new Response(text);

async function text(response: Promise<Response>): Promise<[number, string]> {
  const { status } = await response;
  return [status, await (await response).text()];
}

Deno.test("an app has default options and accepts others", () => {
  assertEquals(new App().config, {
    root: ".",
    basePath: "",
    mode: "production",
    trustProxy: false,
  });
  assertEquals(
    new App({ basePath: "/b", trustProxy: true }).config.basePath,
    "/b",
  );
});

Deno.test("a middleware applies only to routes registered after it", async () => {
  const mark = async (ctx: { next(): Promise<Response> }) => {
    const response = await ctx.next();
    response.headers.set("x-mark", "1");
    return response;
  };
  const get = caller(new App().get("/a", ok()).use(mark).get("/b", ok()));
  assertEquals((await get("/a")).headers.get("x-mark"), null);
  assertEquals((await get("/b")).headers.get("x-mark"), "1");
});

Deno.test("use() with a path applies to all routes below it", async () => {
  const app = new App<{ seen?: string }>()
    .use("/foo/", (ctx) => {
      ctx.state.seen = "foo";
      return ctx.next();
    })
    .use("/star/*", ok("never"))
    .use("/u/:id", (ctx) => {
      ctx.state.seen = "user";
      return ctx.next();
    });
  for (
    const path of [
      "/foo",
      "/foo/x",
      "/foobar",
      "/star/x",
      "/u/:id/a",
      "/u/:other/b",
    ]
  ) {
    app.get(path, (ctx) => new Response(ctx.state.seen ?? "none"));
  }
  const get = caller(app);
  assertEquals(await text(get("/foo")), [200, "foo"]);
  assertEquals(await text(get("/foo/x")), [200, "foo"]);
  assertEquals(await text(get("/foobar")), [200, "none"]);
  assertEquals(await text(get("/star/x")), [200, "none"]);
  assertEquals(await text(get("/u/1/a")), [200, "user"]);
  assertEquals(await text(get("/u/1/b")), [200, "none"]);
});

Deno.test("handlers of one call run as a chain, and lazy ones load once", async () => {
  let fetched = 0;
  const lazy = () => {
    fetched++;
    return Promise.resolve(ok("lazy"));
  };
  const get = caller(new App().get("/", (ctx) => ctx.next(), lazy));
  assertEquals(await text(get("/")), [200, "lazy"]);
  assertEquals(await text(get("/")), [200, "lazy"]);
  assertEquals(fetched, 1);
});

Deno.test("next() in the last handler is a 404", async () => {
  const get = caller(new App().get("/:x", (ctx) => ctx.next()).get("/*", ok()));
  assertEquals(await text(get("/a")), [404, "Not Found"]);
});

Deno.test("next() can be called again after it resolves", async () => {
  let calls = 0;
  const app = new App()
    .use(async (ctx) => {
      await ctx.next();
      return await ctx.next();
    })
    .get("/", () => new Response(String(++calls)));
  assertEquals(await text(caller(app)("/")), [200, "2"]);
});

Deno.test("static paths win over dynamic ones, with or without a trailing slash", async () => {
  const get = caller(
    new App().get("/u/:id", ok("dynamic")).get("/u/me", ok("static")),
  );
  assertEquals(await text(get("/u/me")), [200, "static"]);
  assertEquals(await text(get("/u/me/")), [200, "static"]);
  assertEquals(await text(get("/u/1")), [200, "dynamic"]);
  assertEquals(await text(get("/u/1/")), [404, "Not Found"]);
  assertEquals(await text(get("//u//1")), [200, "dynamic"]);
  assertEquals(await text(get("/U/me")), [404, "Not Found"]);
});

Deno.test("the first matching dynamic pattern decides, whatever the method", async () => {
  const get = caller(new App().post("/a/:x", ok()).get("/a/*", ok("star")));
  assertEquals(await text(get("/a/b")), [405, "Method Not Allowed"]);
  assertEquals(await text(get("/a/b/c")), [200, "star"]);
});

Deno.test("a static path without the method is a 405", async () => {
  const get = caller(new App().post("/a", ok()).get("/:x", ok()));
  const response = await get("/a");
  assertEquals(response.status, 405);
  assertEquals(response.headers.get("allow"), null);
  assertEquals(
    response.headers.get("content-type"),
    "text/plain;charset=UTF-8",
  );
  assertEquals(await response.text(), "Method Not Allowed");
});

Deno.test("the first registration of a path and method wins", async () => {
  const get = caller(new App().get("/a", ok("1")).get("/a", ok("2")));
  assertEquals(await text(get("/a")), [200, "1"]);
});

Deno.test("parameters are decoded, except characters that would change the path", async () => {
  const app = new App()
    .get("/u/:id", (ctx) => ctx.json(ctx.params))
    .get("/o{/:x}?", (ctx) => ctx.json([ctx.route, ctx.params]))
    .get("/r/:rest*", (ctx) => ctx.json(ctx.params))
    .get("/s/:a-x-:b", (ctx) => ctx.json(ctx.params))
    .get("/w{/*}?", (ctx) => ctx.json(ctx.params))
    .get(
      "/proto/:x",
      (ctx) => new Response(String(Object.getPrototypeOf(ctx.params))),
    );
  const get = caller(app);
  assertEquals(await text(get("/u/a%20b%2Fc")), [200, '{"id":"a b%2Fc"}']);
  assertEquals(await text(get("/o")), [200, '["/o/:x?",{"x":""}]']);
  assertEquals(await text(get("/o/1")), [200, '["/o/:x?",{"x":"1"}]']);
  assertEquals(await text(get("/r")), [200, '{"rest":""}']);
  assertEquals(await text(get("/r/a/b")), [200, '{"rest":"a/b"}']);
  assertEquals(await text(get("/r/")), [404, "Not Found"]);
  assertEquals(await text(get("/s/1-x-2")), [200, '{"a":"1","b":"2"}']);
  assertEquals(await text(get("/w")), [200, '{"0":""}']);
  assertEquals(await text(get("/w/a//b")), [200, '{"0":"a/b"}']);
  assertEquals(await text(get("/wa")), [404, "Not Found"]);
  assertEquals(await text(get("/proto/1")), [200, "null"]);
});

Deno.test("a malformed escape in a parameter rejects, past all error pages", async () => {
  const app = new App().onError("*", ok("never")).get("/u/:id", ok());
  await assertRejects(() => caller(app)("/u/%E0%A4%A"), URIError);
});

Deno.test("ctx.route is the pattern with the base path, or null", async () => {
  const routes: (string | null)[] = [];
  const app = new App({ basePath: "/b" })
    .use((ctx) => {
      routes.push(ctx.route);
      return ctx.next();
    })
    .get("/u/:id", ok())
    .post("/p", ok())
    .get("*", ok());
  const get = caller(app);
  await get("/b/u/1");
  await get("/b/p");
  await get("/b/x/y");
  await get("/elsewhere");
  assertEquals(routes, ["/b/u/:id", "/b/p", "/b/*", null]);
});

Deno.test("OPTIONS is answered with the registered methods", async () => {
  const get = caller(
    new App().get("/a", ok()).post("/a", ok()).all("/all", ok()),
  );
  const response = await get("/a", { method: "OPTIONS" });
  assertEquals(response.status, 204);
  assertEquals(response.headers.get("allow"), "GET, POST");
  assertEquals((await get("/none", { method: "OPTIONS" })).status, 404);
  assertEquals((await get("/all", { method: "OPTIONS" })).status, 200);
});

Deno.test("HEAD runs the GET handler without a body", async () => {
  const get = caller(
    new App()
      .get(
        "/a",
        () => new Response("body", { status: 201, headers: { "x-a": "1" } }),
      )
      .post("/p", ok()),
  );
  const response = await get("/a", { method: "HEAD" });
  assertEquals(response.status, 201);
  assertEquals(response.headers.get("x-a"), "1");
  assertEquals(await response.text(), "");
  assertEquals((await get("/p", { method: "HEAD" })).status, 405);
});

Deno.test("an unknown method on a known path is a 500", async () => {
  const get = caller(new App().all("/a", ok()));
  const { result } = await logged(() =>
    text(get("/a", { method: "PROPFIND" }))
  );
  assertEquals(result, [500, "Internal server error"]);
  assertEquals((await get("/b", { method: "PROPFIND" })).status, 404);
});

Deno.test("errors without an error page are plain text", async () => {
  const get = caller(
    new App()
      .get("/http", () => {
        throw new HttpError(503);
      })
      .get("/told", () => {
        throw new HttpError(418, "short and stout");
      })
      .get("/other", () => {
        throw new Error("secret");
      })
      .get("/nothing", (() => undefined) as unknown as () => Response),
  );
  assertEquals(await answerAndLogs(get("/http")), [
    503,
    "Service Unavailable",
    1,
  ]);
  assertEquals(await answerAndLogs(get("/told")), [418, "short and stout", 0]);
  assertEquals(await answerAndLogs(get("/other")), [500, INTERNAL, 1]);
  assertEquals(await answerAndLogs(get("/nothing")), [500, INTERNAL, 1]);
});

const INTERNAL = "Internal server error";

async function answerAndLogs(response: Promise<Response>) {
  const { result, logs } = await logged(() => text(response));
  return [...result, logs.length];
}

Deno.test("mountApp() mounts all routes below its path", async () => {
  const inner = new App<{ outer?: boolean }>()
    .use((ctx) => {
      ctx.state.outer ??= false;
      return ctx.next();
    })
    .get("/", (ctx) => ctx.json([ctx.route, ctx.url.pathname, ctx.state.outer]))
    .get("/x/:y", (ctx) => ctx.json(ctx.params));
  const based = new App<{ outer?: boolean }>({ basePath: "/base" }).get(
    "/z",
    ok(),
  );
  const app = new App<{ outer?: boolean }>()
    .use((ctx) => {
      ctx.state.outer = true;
      return ctx.next();
    })
    .mountApp("/in", inner)
    .mountApp("/in", based)
    .mountApp("*", new App<{ outer?: boolean }>().get("/top", ok()));
  const get = caller(app);
  assertEquals(await text(get("/in")), [200, '["/in","/in",true]']);
  assertEquals(await text(get("/in/")), [200, '["/in","/in/",true]']);
  assertEquals(await text(get("/in/x/1")), [200, '{"y":"1"}']);
  assertEquals((await get("/in/base/z")).status, 200);
  assertEquals((await get("/top")).status, 200);
});

Deno.test("a mounted app's notFound applies to the parent app", async () => {
  const inner = new App().notFound(ok("inner 404"));
  const get = caller(new App().mountApp("/in", inner));
  assertEquals(await text(get("/elsewhere")), [200, "inner 404"]);
});

Deno.test("with a base path, other paths are not served", async () => {
  const get = caller(
    new App({ basePath: "/base" }).get("/", ok("root")).get("/x", ok()),
  );
  assertEquals(await text(get("/base")), [200, "root"]);
  assertEquals((await get("/base/x")).status, 200);
  assertEquals((await get("/x")).status, 404);
});

Deno.test("with trustProxy, forwarded headers set protocol and host of ctx.url", async () => {
  const urls = (trustProxy: boolean) =>
    caller(
      new App({ trustProxy }).get("/", (ctx) =>
        ctx.json([ctx.url.href, ctx.req.url])),
    )("/", {
      headers: {
        "x-forwarded-proto": "https",
        "x-forwarded-host": "app.example",
      },
    }).then((response) =>
      response.json()
    );
  assertEquals(await urls(true), ["https://app.example/", "http://localhost/"]);
  assertEquals(await urls(false), ["http://localhost/", "http://localhost/"]);
});

Deno.test("listen() resolves once the server listens", async () => {
  const stop = new AbortController();
  const { promise: finished, resolve } = Promise.withResolvers<void>();
  let port = 0;
  await new App().get("/", ok("served")).listen({
    port: 0,
    signal: stop.signal,
    onListen: (address) => {
      port = address.port;
      resolve();
    },
  });
  assertEquals(
    await (await fetch(`http://localhost:${port}/`)).text(),
    "served",
  );
  stop.abort();
  await finished;
});
