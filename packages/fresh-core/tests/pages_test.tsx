import { assertEquals, assertStringIncludes } from "@std/assert";
import { App, type Context, createDefine, page, type PageProps } from "fresh";
import { Head } from "fresh/runtime";
import { caller, logged } from "./testing.ts";

const Shell = ({ Component }: PageProps) => (
  <html>
    <head>
      <title>shell</title>
      <meta name="description" content="default" />
    </head>
    <body>
      <Component />
    </body>
  </html>
);

async function html(app: App<unknown>, path = "/"): Promise<string> {
  return await (await caller(app)(path)).text();
}

Deno.test("page() sets data, status and headers, and null becomes undefined", () => {
  assertEquals(page(1, { status: 201 }), {
    data: 1,
    status: 201,
    headers: undefined,
  });
  assertEquals(page(null).data as unknown, undefined);
  assertEquals(page().data, undefined);
});

Deno.test("define infers a page's data from its handlers", async () => {
  const define = createDefine<{ user: string }>();
  const handler = define.handlers({
    GET(ctx) {
      ctx.state.user = "ada";
      return page({ count: 1 });
    },
    POST: () => new Response(null, { status: 303 }),
  });
  const component = define.page<typeof handler>(({ data, state }) => {
    const count: number = data.count;
    return <p>{count + 1} {state.user.toUpperCase()}</p>;
  });
  const app = new App<{ user: string }>().route("/", { handler, component });
  assertStringIncludes(await (await caller(app)("/")).text(), "<p>2 ADA</p>");
});

Deno.test("a handler's page has its status and headers", async () => {
  const app = new App().route("/", {
    handler: () =>
      page("x", {
        status: 202,
        headers: [["x-a", "1"], ["content-type", "a/b"]],
      }),
    component: ({ data }: PageProps<string>) => <p>{data}</p>,
  });
  const response = await caller(app)("/");
  assertEquals(response.status, 202);
  assertEquals(response.headers.get("x-a"), "1");
  assertEquals(
    response.headers.get("content-type"),
    "text/html; charset=utf-8",
  );
});

Deno.test("a plain object with data is a page, other values a 500", async () => {
  const component = ({ data }: PageProps<string>) => <p>{data}</p>;
  const plain = new App().route("/", {
    handler: () => ({ data: "plain" }),
    component,
  });
  assertStringIncludes(await html(plain), "<p>plain</p>");
  const nothing = (() => undefined) as unknown as () => Response;
  const broken = new App().route("/", { handler: nothing, component });
  const { result } = await logged(() => caller(broken)("/"));
  assertEquals(result.status, 500);
});

Deno.test("a component without a handler has empty data and every method", async () => {
  const app = new App().route("/", {
    component: ({ data }: PageProps) => <p>{JSON.stringify(data)}</p>,
  });
  const response = await caller(app)("/", { method: "DELETE" });
  assertStringIncludes(await response.text(), "<p>{}</p>");
});

Deno.test("GET is added to a component's handlers by method", async () => {
  const app = new App().route("/", {
    component: () => <p>got</p>,
    handler: { POST: () => new Response("posted") },
  });
  const get = caller(app);
  assertStringIncludes(await (await get("/")).text(), "<p>got</p>");
  assertEquals((await get("/", { method: "PUT" })).status, 405);
});

Deno.test("a page without a component is an empty document", async () => {
  const app = new App().route("/", { handler: () => page(1, { status: 201 }) });
  const response = await caller(app)("/");
  assertEquals(response.status, 201);
  assertStringIncludes(await response.text(), "<body></body>");
});

Deno.test("a lazy route loads once and answers 404 to other methods", async () => {
  let fetched = 0;
  const app = new App().route("/", () => {
    fetched++;
    return Promise.resolve({ handler: { GET: () => new Response("lazy") } });
  });
  const get = caller(app);
  await get("/");
  assertEquals(await (await get("/")).text(), "lazy");
  assertEquals((await get("/", { method: "POST" })).status, 404);
  assertEquals(fetched, 1);
});

Deno.test("routeOverride replaces the path, but not layouts and middlewares", async () => {
  const app = new App().layout("/a", ({ Component }: PageProps) => (
    <i>
      <Component />
    </i>
  ))
    .route("/a/b", { component: () => <p /> }, { routeOverride: "/moved" });
  assertStringIncludes(await html(app, "/moved"), "<i><p></p></i>");
  assertEquals((await caller(app)("/a/b")).status, 404);
});

Deno.test("layouts nest in the order of their segments", async () => {
  const wrap = (name: string) => ({ Component }: PageProps) => (
    <div class={name}>
      <Component />
    </div>
  );
  const app = new App().layout("*", wrap("outer")).layout("/a", wrap("inner"))
    .get("/a", (ctx) => ctx.render(<p />))
    .get(
      "/a/bare",
      (ctx) => ctx.render(<p />, {}, { skipInheritedLayouts: true }),
    );
  assertStringIncludes(
    await html(app, "/a"),
    '<div class="outer"><div class="inner"><p></p></div></div>',
  );
  assertStringIncludes(await html(app, "/a/bare"), "<body><p></p></body>");
});

Deno.test("async pages and layouts are awaited and may return a response", async () => {
  const app = new App()
    .appWrapper(Shell)
    .layout("/in", async ({ Component }: PageProps) =>
      await (
        <b>
          <Component />
        </b>
      ))
    .route("/in", {
      component: async () => await Promise.resolve(<p>async</p>),
    })
    .route("/out", {
      component: async () => await Promise.resolve(new Response("answered")),
    });
  assertStringIncludes(await html(app, "/in"), "<b><p>async</p></b>");
  assertEquals(await html(app, "/out"), "answered");
});

Deno.test("an async app wrapper gets the context", async () => {
  const app = new App<unknown>().appWrapper(async (ctx: Context<unknown>) => {
    const { Component } = await Promise.resolve(ctx);
    return (
      <html data-path={ctx.url.pathname}>
        <body>
          <Component />
        </body>
      </html>
    );
  }).route("/x", { component: () => <p /> });
  assertStringIncludes(
    await html(app, "/x"),
    '<html data-path="/x"><body><p></p>',
  );
});

Deno.test("components get the documented props", async () => {
  const app = new App().route("/:x", {
    component: (props: PageProps) => <p>{Object.keys(props).sort().join()}</p>,
  });
  assertStringIncludes(
    await html(app, "/a"),
    "Component,config,data,error,info,isPartial,params,req,route,state,url",
  );
});

Deno.test("Head is rendered into the wrapper's head and replaces equal elements", async () => {
  const app = new App().appWrapper(Shell).route("/", {
    component: () => (
      <main>
        <Head>
          <title>first</title>
          <meta name="description" content="own" />
          <link rel="canonical" href="/a" key="c" />
        </Head>
        <Head>
          <title>page</title>
          <link rel="canonical" href="/b" key="c" />
        </Head>
      </main>
    ),
  });
  assertStringIncludes(
    await html(app),
    '<head><title>page</title><meta name="description" content="own"/><link rel="canonical" href="/b" data-key="c"/></head>',
  );
});

Deno.test("Head elements with one key are merged, whatever their type", async () => {
  const Keyed = ({ Component }: PageProps) => (
    <html>
      <head>
        <link key="b" rel="icon" href="/icon.svg" />
      </head>
      <body>
        <Component />
      </body>
    </html>
  );
  const app = new App().appWrapper(Keyed).route("/", {
    component: () => (
      <Head>
        <link key="a" rel="stylesheet" href="/a.css" />
        <script key="a" nonce="n" src="/a.js" />
        <script key="b" nonce="n" src="/b.js" />
      </Head>
    ),
  });
  for (const page of [await html(app), await html(app)]) {
    assertStringIncludes(
      page,
      '<head><script nonce="n" src="/b.js" data-key="b"></script>' +
        '<script nonce="n" src="/a.js" data-key="a"></script></head>',
    );
  }
});

Deno.test("keyed elements have their key as an attribute", async () => {
  const app = new App().route("/", {
    component: () => <ul>{['a"', 2].map((it) => <li key={it}>x</li>)}</ul>,
  });
  assertStringIncludes(
    await html(app),
    '<li data-frsh-key="a&quot;">x</li><li data-frsh-key="2">x</li>',
  );
});

Deno.test("keyed components are enclosed in comments", async () => {
  const Item = ({ name }: { name: string }) => <i>{name}</i>;
  const kept = <Item key="a:b" name="first" />;
  const app = new App().route("/", {
    component: () => <p>{[kept, <Item key="c" name="second" />]}</p>,
  });
  for (const page of [await html(app), await html(app)]) {
    assertStringIncludes(
      page,
      "<p><!--frsh:key:a_b--><i>first</i><!--/frsh:key-->" +
        "<!--frsh:key:c--><i>second</i><!--/frsh:key--></p>",
    );
  }
});

Deno.test("Head elements do not leak into the next page", async () => {
  const app = new App().appWrapper(Shell)
    .route("/a", {
      component: () => (
        <Head>
          <title>a</title>
        </Head>
      ),
    })
    .route("/b", { component: () => <p /> });
  const get = caller(app);
  await get("/a");
  assertStringIncludes(await (await get("/b")).text(), "<title>shell</title>");
});

Deno.test("Head works in a document that Fresh completes", async () => {
  const app = new App().route("/", {
    component: () => (
      <Head>
        <title>t</title>
      </Head>
    ),
  });
  assertStringIncludes(
    await html(app),
    '<head><meta charset="utf-8"/><title>t</title></head>',
  );
});

Deno.test("links are marked relative to the current page", async () => {
  const Nav = () => (
    <nav>
      <a href="/a/b">page</a>
      <a href="/a">above</a>
      <a href="/a/b?x=1">query</a>
      <a href="/a/b" aria-current="step">own</a>
      <a href="/a/bc">other</a>
      <a href="https://a/b">out</a>
    </nav>
  );
  const app = new App().route("/a/b", { component: Nav });
  const links = [...(await html(app, "/a/b")).matchAll(/<a ([^>]*)>(\w+)/g)];
  assertEquals(
    Object.fromEntries(links.map(([, attributes, name]) => [name, attributes])),
    {
      page: 'href="/a/b" data-current="true" aria-current="page"',
      above: 'href="/a" data-ancestor="true" aria-current="true"',
      query: 'href="/a/b?x=1" data-ancestor="true" aria-current="true"',
      own: 'href="/a/b" aria-current="step"',
      other: 'href="/a/bc"',
      out: 'href="https://a/b"',
    },
  );
});

Deno.test("a link with the page's query is current", async () => {
  const app = new App().route("/a", {
    component: () => <a href="/a?x=1">x</a>,
  });
  assertStringIncludes(await html(app, "/a?x=1"), 'data-current="true"');
});

Deno.test("links in JSX created outside components are not marked", async () => {
  const kept = <a href="/">kept</a>;
  const app = new App()
    .get("/", (ctx) =>
      ctx.render(
        <p>
          <a href="/">direct</a>
          {kept}
        </p>,
      ));
  assertEquals((await html(app)).includes("data-current"), false);
});

Deno.test("scripts and styles share one nonce per response", async () => {
  const kept = <style>{"a{}"}</style>;
  const app = new App().route("/", {
    component: () => (
      <main>
        {kept}
        <script dangerouslySetInnerHTML={{ __html: "1" }} />
        <script nonce="own" />
        <script src="/x.js" />
      </main>
    ),
  });
  const nonces = async () =>
    [...(await html(app)).matchAll(/<(?:script|style)([^>]*)>/g)].map((it) =>
      it[1]
    );
  const [style, script, own, src] = await nonces();
  assertEquals(style, script);
  assertEquals(src, ` src="/x.js"${script}`);
  assertEquals(/^ nonce="[0-9a-f]{32}"$/.test(style ?? ""), true);
  assertEquals(own, ' nonce="own"');
  assertEquals((await nonces())[0] === style, false);
});

Deno.test("a page without islands has no script and no Link header", async () => {
  const app = new App().route("/", { component: () => <p /> });
  const response = await caller(app)("/");
  assertEquals(response.headers.get("link"), null);
  assertEquals((await response.text()).includes("<script"), false);
});
