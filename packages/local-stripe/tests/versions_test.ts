import { assert, assertEquals, assertMatch } from "@std/assert";
import Stripe from "stripe";
import { createLocalStripe } from "../mod.ts";
import { errorOf, failureOf, PAGES, withStripe } from "./local_stripe.ts";

/** The lines that `console.info` gets during some work. */
async function infoDuring(work: () => Promise<void>): Promise<string[]> {
  const original = console.info;
  const lines: string[] = [];
  console.info = (line: string) => lines.push(line);
  try {
    await work();
  } finally {
    console.info = original;
  }
  return lines;
}

Deno.test("later and not much older API versions are answered in the pinned one", () =>
  withStripe(async ({ call }) => {
    for (const version of ["2024-09-30.acacia", "2027-01-01.other"]) {
      const lines = await infoDuring(async () => {
        for (let time = 0; time < 2; time++) {
          const headers = { "Stripe-Version": version };
          const response = await call("GET", "/v1/customers", { headers });
          assertEquals(response.status, 200);
          assertEquals(
            response.headers.get("stripe-version"),
            "2026-10-28.endive",
          );
          await response.body?.cancel();
        }
      });
      assertEquals(lines.length, 1);
      assert(lines[0]?.includes(version), lines[0]);
    }
  }));

Deno.test("a malformed or older API version is 400", () =>
  withStripe(async ({ call }) => {
    const ask = (version: string) =>
      call("GET", "/v1/customers", { headers: { "Stripe-Version": version } });
    assertEquals((await ask("yesterday")).status, 400);
    const older = await ask("2024-06-20");
    assertEquals(older.status, 400);
    assertMatch((await errorOf(older))["message"] ?? "", /2024-09-30/);
  }));

Deno.test("with strictVersion another API version is 501", async () => {
  using kv = await Deno.openKv(":memory:");
  const local = createLocalStripe({ kv, pagesUrl: PAGES, strictVersion: true });
  const httpClient = Stripe.createFetchHttpClient(local.fetch);
  const stripe = new Stripe("sk_test_local", { httpClient });
  await stripe.customers.list();
  const error = await failureOf(
    stripe.customers.list({}, { apiVersion: "2025-03-31.basil" }),
  );
  assertEquals(error.statusCode, 501);
  assertMatch(error.message, /2025-03-31\.basil/);
});

Deno.test("Stripe-Account is accepted for the account itself alone", () =>
  withStripe(async ({ stripe }) => {
    const { id } = await stripe.accounts.retrieveCurrent();
    const options = { stripeAccount: id };
    assertEquals((await stripe.customers.list({}, options)).data, []);
    assertEquals((await stripe.accounts.retrieve(id)).id, id);
    const other = { stripeAccount: "acct_other" };
    const error = await failureOf(stripe.customers.list({}, other));
    assertEquals(error.statusCode, 501);
  }));
