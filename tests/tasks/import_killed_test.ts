import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createStripe } from "@/lib/billing/stripe_client.ts";
import { createStore, openKv } from "@/lib/store/mod.ts";
import { applyPosting } from "@/lib/wallet/ledger.ts";
import { deno, withFolder } from "@/tests/helpers/server_process.ts";
import { environmentOf, openStripe } from "@/tests/helpers/two_processes.ts";

const CUSTOMERS = 20;

type Served = Awaited<ReturnType<typeof openStripe>>;

/** Subscribes organizations at Stripe with Pro. */
async function createAccount({ local }: Served): Promise<string[]> {
  const stripe = await createStripe({ mode: "sandbox" }, local.fetch)();
  const prices = await stripe.prices.list({ lookup_keys: ["pro_month"] });
  const orgIds: string[] = [];
  for (let index = 0; index < CUSTOMERS; index++) {
    const orgId = `org_${index}`;
    const { id: customer } = await stripe.customers.create({
      metadata: { organization: orgId },
    });
    const card = await stripe.paymentMethods.attach("pm_card_visa", {
      customer,
    });
    await stripe.subscriptions.create({
      customer,
      items: [{ price: prices.data[0]?.id ?? "" }],
      default_payment_method: card.id,
    });
    orgIds.push(orgId);
  }
  return orgIds;
}

const IMPORT = ["run", "-A", "tasks/import.ts", "--apply"];

async function killDuringApply(env: Record<string, string>): Promise<void> {
  const process = deno(IMPORT, env).spawn();
  const printed = new Response(process.stdout).text();
  const lines = process.stderr.pipeThrough(new TextDecoderStream());
  for await (const text of lines.values({ preventCancel: true })) {
    if (text.includes("subscriptions read")) break;
  }
  await new Promise((done) => setTimeout(done, 500 + Math.random() * 1_000));
  process.kill("SIGKILL");
  await process.status;
  await lines.cancel();
  await printed;
}

Deno.test("an import killed with SIGKILL is continued by the next command", () =>
  withFolder(async (folder) => {
    const kvPath = `${folder}/kv.sqlite3`;
    const stripe = await openStripe();
    try {
      const orgIds = await createAccount(stripe);
      const env = await environmentOf(stripe.url, kvPath);
      await killDuringApply(env);
      const report = `${folder}/report.csv`;
      const again = await deno([...IMPORT, "--report", report], env).output();
      const printed = new TextDecoder().decode(again.stdout);
      assertEquals(again.code, 0, printed);
      assertStringIncludes(printed, "0 failed.");
      const rows = (await Deno.readTextFile(report)).trim().split("\r\n");
      assertEquals(rows.length, CUSTOMERS + 1);
      const store = createStore(await openKv(kvPath), applyPosting);
      for (const orgId of orgIds) {
        assert(await store.readCustomer(orgId), orgId);
        assertEquals((await store.readWallet(orgId)).granted, 50_000, orgId);
      }
      assertEquals(await store.readImport(), null);
      store.close();
    } finally {
      await stripe.close();
    }
  }));

Deno.test("import refuses unknown options and prints its usage", async () => {
  const args = ["run", "-A", "tasks/import.ts", "--aply"];
  const { code, stderr } = await deno(args).output();
  assertEquals(code, 1);
  assertStringIncludes(new TextDecoder().decode(stderr), "Usage: deno task");
});
