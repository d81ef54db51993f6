import { assert, assertEquals, assertRejects } from "@std/assert";
import { openApiDocument } from "@/lib/http/openapi/document.ts";
import { OPERATIONS } from "@/lib/http/openapi/operations.ts";
import { documentedResponses } from "@/lib/http/openapi/statuses.ts";
import { openTestApp } from "@/tests/helpers/app.ts";
import { assertDocumented } from "@/tests/helpers/openapi.ts";

/** The API's route files as documented paths. */
async function routePaths(folder = "routes/api"): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) paths.push(...await routePaths(path));
    else if (!name.startsWith("[...")) paths.push(pathOf(path));
  }
  return paths;
}

function pathOf(file: string): string {
  return file.replace(/^routes/, "").replace(/(?:\/index)?\.tsx?$/, "")
    .replaceAll(/\[(\w+)\]/g, "{$1}");
}

Deno.test("the document lists exactly the API's routes", async () => {
  const others = ["/healthz", "/openapi.json", "/readyz"];
  const routes = [...await routePaths(), ...others].toSorted();
  const documented = [...new Set(OPERATIONS.map(({ path }) => path))];
  assertEquals(documented.toSorted(), routes);
});

Deno.test("the document lists exactly the methods of each route", async () => {
  await using app = await openTestApp();
  for (const path of new Set(OPERATIONS.map(({ path }) => path))) {
    const asked = path.replace("{id}", "key_1");
    const response = await app.fetch(asked, { method: "OPTIONS" });
    assertEquals(response.status, 204);
    const allow = response.headers.get("Allow")?.split(", ") ?? [];
    const methods = OPERATIONS.filter((one) => one.path === path)
      .map(({ method }) => method.toUpperCase());
    const head = methods.includes("GET") ? ["HEAD"] : [];
    assertEquals(
      allow.toSorted(),
      [...new Set([...methods, ...head, "OPTIONS"])].toSorted(),
      path,
    );
  }
});

Deno.test("the document is public and cacheable for a minute", async () => {
  await using app = await openTestApp();
  const response = await app.fetch("/openapi.json");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Content-Type"), "application/json");
  assertEquals(response.headers.get("Cache-Control"), "public, max-age=60");
  const document = await response.json();
  assertEquals(document.openapi, "3.1.0");
  assertEquals(document.servers, [{ url: "https://billing.example" }]);
  const { get } = document.paths["/api/v1/billing/invoices"];
  const limit = get.parameters.find(({ name }: { name: string }) =>
    name === "limit"
  );
  assertEquals([limit.required, limit.schema.default], [false, "20"]);
  assertEquals(get.security.slice(3), [
    { apiKey: ["billing:manage"] },
    { serviceKey: ["billing:read"] },
    { serviceKey: ["billing:manage"] },
  ]);
  const { post } = document.paths["/api/v1/account/credentials"];
  const { schema } = post.requestBody.content["application/json"];
  assertEquals(schema.properties.name.maxLength, 80);
  assertEquals(schema.required, ["name", "scopes"]);
  assert(document.paths["/api/v1/billing/charges"].post.responses["402"]);
});

Deno.test("every reference in the document resolves", () => {
  const document = openApiDocument("https://app.example.com", "__session");
  const text = JSON.stringify(document);
  for (const [, path = ""] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = path.split("/").reduce<unknown>(
      (part, name) => (part as Record<string, unknown> | undefined)?.[name],
      document,
    );
    assert(found !== undefined, path);
  }
});

Deno.test("operation ids are unique", () => {
  const ids = OPERATIONS.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  for (const operation of OPERATIONS) {
    for (
      const { description } of Object.values(documentedResponses(operation))
    ) {
      assert(description.length > 0, operation.id);
    }
  }
});

const UNDOCUMENTED: Record<string, [Request, Response]> = {
  "a status": [
    new Request("https://x/api/v1/plans"),
    Response.json({}, { status: 418 }),
  ],
  "a path": [new Request("https://x/api/v1/secret"), Response.json({})],
  "a method": [
    new Request("https://x/api/v1/plans", { method: "PUT" }),
    Response.json({}),
  ],
  "a field": [
    new Request("https://x/healthz"),
    Response.json({ ok: true, more: 1 }),
  ],
};
for (const [what, [request, response]] of Object.entries(UNDOCUMENTED)) {
  Deno.test(`undocumented ${what} fails a test`, async () => {
    await assertRejects(() => assertDocumented(request, response, false));
  });
}

Deno.test("a missing rate limit header fails a test", async () => {
  const request = new Request("https://x/api/v1/account/credentials/key_1", {
    method: "DELETE",
  });
  const response = new Response(null, { status: 204 });
  await assertRejects(() => assertDocumented(request, response, true));
  await assertDocumented(request, response, false);
});
