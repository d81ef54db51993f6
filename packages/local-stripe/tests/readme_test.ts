import { assert, assertEquals } from "@std/assert";
import { withCoverage } from "../coverage.ts";

const README = new URL("../README.md", import.meta.url);

Deno.test("the README's coverage tables match the routes", async () => {
  const readme = await Deno.readTextFile(README);
  assertEquals(readme, withCoverage(readme));
  assert(readme.includes("| `/v1/customers` | create, retrieve, "));
  assert(readme.includes("| `POST /v1/coupons` | `applies_to`, "));
});
