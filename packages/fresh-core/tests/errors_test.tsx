import { assertEquals, assertStringIncludes } from "@std/assert";
import { App, HttpError, page, type PageProps } from "fresh";
import { HttpError as RuntimeHttpError } from "fresh/runtime";
import { buildFixture, caller, fileApp, logged } from "./testing.ts";

const ErrorPage = ({ error }: PageProps) => <p>shown: {String(error)}</p>;

function broken(): never {
  throw new Error("broken");
}

Deno.test("HttpError is one class, with status, message and cause", () => {
  const error = new HttpError(410, "gone", { cause: 1 });
  assertEquals([error.name, error.status, error.message, error.cause], [
    "HttpError",
    410,
    "gone",
    1,
  ]);
  assertEquals(new HttpError(404).message, "");
  assertEquals(RuntimeHttpError === HttpError, true);
});

Deno.test("an error page has the error's status, or 500", async () => {
  const app = new App()
    .onError("*", { component: ErrorPage })
    .get("/a", broken)
    .get("/b", () => {
      throw new HttpError(403, "no");
    });
  const get = caller(app);
  assertEquals((await get("/a")).status, 500);
  assertStringIncludes(await (await get("/a")).text(), "shown: Error: broken");
  assertEquals((await get("/b")).status, 403);
});

Deno.test("an error page's handler may choose the status", async () => {
  const app = new App()
    .onError("/", {
      component: ErrorPage,
      handler: () => page(1, { status: 418 }),
    })
    .get("/a", broken);
  assertEquals((await caller(app)("/a")).status, 418);
});

Deno.test("an error function sets the response", async () => {
  const app = new App().onError("*", (ctx) => new Response(String(ctx.error)))
    .get("/a", broken);
  const response = await caller(app)("/a");
  assertEquals(response.status, 200);
  assertEquals(await response.text(), "Error: broken");
});

Deno.test("the innermost error page of the matched route answers", async () => {
  const say = (text: string) => () => new Response(text);
  const app = new App().onError("*", say("root")).onError("/adm", say("adm"))
    .get("/adm/x", broken).get("/admx", broken);
  const get = caller(app);
  assertEquals(await (await get("/adm/x")).text(), "adm");
  assertEquals(await (await get("/admx")).text(), "root");
});

Deno.test("404s go to notFound before any error handler, with status 200", async () => {
  const app = new App()
    .onError("*", () => new Response("error"))
    .get("/thrown", () => {
      throw new HttpError(404);
    })
    .notFound({ component: () => <p>none</p> });
  const get = caller(app);
  for (const path of ["/thrown", "/nowhere"]) {
    const response = await get(path);
    assertEquals(response.status, 200);
    assertStringIncludes(await response.text(), "<p>none</p>");
  }
});

Deno.test("notFound's handler may set status 404, and the last one is used", async () => {
  const app = new App().notFound(() => new Response("first"))
    .notFound({
      handler: () => page(undefined, { status: 404 }),
      component: () => <p />,
    });
  assertEquals((await caller(app)("/x")).status, 404);
});

Deno.test("without notFound an error page shows 404s and keeps their status", async () => {
  const app = new App().onError("*", { component: ErrorPage });
  assertEquals((await caller(app)("/x")).status, 404);
});

Deno.test("a framework error is null where no middleware runs", async () => {
  const shown = (app: App<unknown>) =>
    caller(
      app.onError("*", (ctx) => Response.json(ctx.error === null)).post(
        "/p",
        broken,
      ),
    );
  const bare = shown(new App());
  assertEquals(await (await bare("/x")).json(), true);
  assertEquals(await (await bare("/p")).json(), true);
  const covered = shown(new App<unknown>().use((ctx) => ctx.next()));
  assertEquals(await (await covered("/x")).json(), false);
  assertEquals(await (await covered("/p")).json(), false);
});

Deno.test("an error thrown by an error page goes to the next outer one", async () => {
  const app = new App()
    .onError("*", (ctx) => new Response(`root: ${ctx.error}`))
    .onError("/a", () => {
      throw new Error("page broke");
    })
    .get("/a/x", broken);
  assertEquals(
    await (await caller(app)("/a/x")).text(),
    "root: Error: page broke",
  );
  const alone = new App().onError("*", broken).get("/", broken);
  const { result, logs } = await logged(() => caller(alone)("/"));
  assertEquals([result.status, logs.length], [500, 1]);
});

Deno.test("middlewares of the page's segment see the error, outer ones the page", async () => {
  const seen: string[] = [];
  const watch =
    (name: string) => async (ctx: { next(): Promise<Response> }) => {
      try {
        const response = await ctx.next();
        seen.push(`${name} ${response.status}`);
        return response;
      } catch (error) {
        seen.push(`${name} threw`);
        throw error;
      }
    };
  const app = new App()
    .onError("/a", () => new Response("page", { status: 500 }))
    .use(watch("root"))
    .use("/a", watch("own"))
    .use("/a/b", watch("inner"))
    .get("/a/b/x", broken);
  await caller(app)("/a/b/x");
  assertEquals(seen, ["inner threw", "own threw", "root 500"]);
});

Deno.test("headers set by a root middleware are missing from the root's error pages", async () => {
  const app = new App()
    .use(async (ctx) => {
      const response = await ctx.next();
      response.headers.set("x-late", "1");
      return response;
    })
    .onError("*", { component: ErrorPage });
  assertEquals((await caller(app)("/x")).headers.get("x-late"), null);
});

Deno.test("a middleware may catch errors thrown below it", async () => {
  const app = new App()
    .use(async (ctx) => {
      try {
        return await ctx.next();
      } catch (error) {
        return new Response(`caught ${error}`);
      }
    })
    .get("/", broken);
  assertEquals(await (await caller(app)("/")).text(), "caught Error: broken");
});

Deno.test("a middleware that catches finds the error in the context", async () => {
  const seen: unknown[] = [];
  const note = async (ctx: { error: unknown; next(): Promise<Response> }) => {
    try {
      return await ctx.next();
    } catch (error) {
      seen.push(ctx.error === error);
      throw error;
    }
  };
  const app = new App().onError("*", () => new Response("page"))
    .use(note).use("/a", note)
    .get("/a/x", broken);
  const get = caller(app);
  await get("/a/x");
  await get("/nowhere");
  assertEquals(seen, [true, true, true]);
});

Deno.test("error files apply to their folder, inside the app wrapper", async () => {
  const { get } = await buildFixture("files", fileApp());
  const inner = await get("/err");
  assertEquals(inner.status, 500);
  assertStringIncludes(
    await inner.text(),
    "<p>inner error: Error: broken, from the handler</p>",
  );
  const deep = await (await get("/err/deep")).text();
  assertStringIncludes(deep, "inner error: Error: the error page broke too");
  const missing = await get("/nowhere");
  assertEquals(missing.status, 404);
  assertStringIncludes(await missing.text(), "root error: 404");
});
