import {
  assertEquals,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  App,
  cors,
  csp,
  type CSPOptions,
  csrf,
  type CsrfOptions,
  ipFilter,
  trailingSlashes,
} from "fresh";
import { Partial } from "fresh/runtime";
import { caller } from "./testing.ts";

/** The status of a POST with these headers. */
async function post(
  headers: Record<string, string>,
  options?: CsrfOptions<unknown>,
): Promise<number> {
  const app = new App<unknown>().use(csrf(options)).all(
    "/",
    () => new Response("ok"),
  );
  return (await caller(app)("/", { method: "POST", headers })).status;
}

const OWN = "http://localhost";
const OTHER = "https://other.example";

Deno.test("csrf() allows safe methods", async () => {
  const get = caller(new App().use(csrf()).all("/", () => new Response("ok")));
  const headers = { "sec-fetch-site": "cross-site", origin: OTHER };
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    assertEquals((await get("/", { method, headers })).status, 200);
  }
  assertEquals((await get("/", { method: "DELETE", headers })).status, 403);
});

Deno.test("csrf() checks Sec-Fetch-Site if present", async () => {
  assertEquals(
    await post({ "sec-fetch-site": "same-origin", origin: OTHER }),
    200,
  );
  assertEquals(await post({ "sec-fetch-site": "none" }), 200);
  assertEquals(await post({ "sec-fetch-site": "same-site" }), 403);
  assertEquals(
    await post({ "sec-fetch-site": "cross-site", origin: OTHER }),
    403,
  );
  assertEquals(
    await post({ "sec-fetch-site": "cross-site", origin: OWN }),
    200,
  );
});

Deno.test("csrf() checks Origin otherwise, and allows requests with neither", async () => {
  assertEquals(await post({}), 200);
  assertEquals(await post({ origin: OWN }), 200);
  assertEquals(await post({ origin: OTHER }), 403);
  assertEquals(await post({ origin: "null" }), 403);
});

Deno.test("csrf() with origins does not implicitly allow the app's origin", async () => {
  assertEquals(await post({ origin: OTHER }, { origin: OTHER }), 200);
  assertEquals(await post({ origin: OWN }, { origin: OTHER }), 403);
  assertEquals(await post({ origin: OTHER }, { origin: [OWN, OTHER] }), 200);
  assertEquals(
    await post({ origin: OTHER }, { origin: (it) => it === OTHER }),
    200,
  );
});

const POLICY = "default-src 'self'; script-src 'self' 'unsafe-inline'; " +
  "style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; " +
  "media-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self'; " +
  "object-src 'none'; base-uri 'self'; form-action 'self'; " +
  "frame-ancestors 'none'; upgrade-insecure-requests";

function withPolicy(options?: CSPOptions) {
  return caller(
    new App<unknown>().use(csp(options))
      .get("/text", () => new Response("text"))
      .get("/page", (ctx) => ctx.render(<style>{"a{}"}</style>))
      .get("/bare", (ctx) => ctx.render(<p />)),
  );
}

function policyOf(response: Response): string {
  return response.headers.get("content-security-policy") ?? "";
}

Deno.test("csp() adds the default policy", async () => {
  assertEquals(policyOf(await withPolicy()("/text")), POLICY);
});

Deno.test("csp() replaces directives of the same name and adds others", async () => {
  const get = withPolicy({ csp: ["img-src *", "sandbox"] });
  assertEquals(
    policyOf(await get("/text")),
    POLICY.replace("img-src 'self' data:; ", "") + "; img-src *; sandbox",
  );
});

Deno.test("csp() sets the report URL", async () => {
  const { headers } = await withPolicy({ reportOnly: true, reportTo: "/r" })(
    "/text",
  );
  assertEquals(
    headers.get("content-security-policy-report-only"),
    `${POLICY}; report-to csp-endpoint; report-uri /r`,
  );
  assertEquals(headers.get("reporting-endpoints"), 'csp-endpoint="/r"');
});

Deno.test("csp() adds the nonce of a rendered page", async () => {
  const get = withPolicy({ useNonce: true });
  const response = await get("/page");
  const nonce = /nonce="(\w+)"/.exec(await response.text())?.[1];
  const policy = policyOf(response);
  assertStringIncludes(policy, `script-src 'self' 'nonce-${nonce}'`);
  assertStringIncludes(policy, `style-src 'self' 'nonce-${nonce}'`);
  assertEquals(policy.includes("unsafe-inline"), false);
  assertMatch(policyOf(await get("/bare")), /script-src 'self' 'nonce-\w{32}'/);
  assertEquals(policyOf(await get("/text")), POLICY);
});

Deno.test("csp() sets no header on a thrown error's response", async () => {
  assertEquals(policyOf(await withPolicy()("/nowhere")), "");
});

Deno.test("trailingSlashes() redirects every path but the root", async () => {
  const location = async (mode: "always" | "never", path: string) =>
    (await caller(new App().use(trailingSlashes(mode)))(path)).headers.get(
      "location",
    );
  assertEquals(await location("always", "/a?b=1"), "/a/?b=1");
  assertEquals(await location("never", "/a/?b=1"), "/a?b=1");
  assertEquals(await location("never", "/a"), null);
  assertEquals(await location("never", "/"), null);
});

Deno.test("unsupported middlewares can be imported and throw", () => {
  assertThrows(() => cors({ origin: "*" }), Error, "Cannot use cors()");
  assertThrows(
    () => ipFilter({ denyList: ["192.0.2.1"] }),
    Error,
    "Cannot use ipFilter()",
  );
});

Deno.test("Partial renders its children", async () => {
  const app = new App<unknown>().route("/", {
    component: () => (
      <main>
        <Partial name="list" mode="append">
          <p>inside</p>
        </Partial>
      </main>
    ),
  });
  const page = await (await caller(app)("/")).text();
  assertStringIncludes(page, "<main><p>inside</p></main>");
});
