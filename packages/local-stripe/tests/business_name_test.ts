import { assert, assertEquals } from "@std/assert";
import Stripe from "stripe";
import { createLocalStripe, seedInvoice } from "../mod.ts";
import { PAGES } from "./local_stripe.ts";

Deno.test("the account, invoices and pages show the business name of the options", async () => {
  using kv = await Deno.openKv(":memory:");
  const options = { kv, pagesUrl: PAGES, businessName: "Fern & Co" };
  const local = createLocalStripe(options);
  const stripe = new Stripe("sk_test_local", {
    httpClient: Stripe.createFetchHttpClient(local.fetch),
  });

  const account = await stripe.accounts.retrieveCurrent();
  assertEquals(account.business_profile?.name, "Fern & Co");
  assertEquals(account.settings?.dashboard.display_name, "Fern & Co");

  const { id: customer } = await stripe.customers.create({ name: "Acme" });
  const lines = [{ description: "Pro", unitAmountMinor: 2_900 }];
  const invoice = await seedInvoice(options, { customer, lines });
  assertEquals(invoice.account_name, "Fern & Co");
  assertEquals(
    (await stripe.invoices.retrieve(invoice.id)).account_name,
    "Fern & Co",
  );

  const path = (invoice.hosted_invoice_url ?? "").replace(PAGES, "");
  const page = await local.handle(new Request(`http://127.0.0.1:8000${path}`));
  const html = await page.text();
  assert(html.includes("An invoice from Fern &amp; Co."));
  assert(!html.includes("Portico"));
});
