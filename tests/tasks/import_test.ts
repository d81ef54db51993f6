import { assert, assertEquals, assertRejects } from "@std/assert";
import { createServices } from "@/compose.ts";
import { deleteOrganization } from "@/lib/billing/organization_deletion.ts";
import { BillingError } from "@/lib/errors.ts";
import type { Services } from "@/lib/services.ts";
import type { Store } from "@/lib/store/mod.ts";
import { readAccount } from "@/lib/wallet/wallet.ts";
import { type ImportRequest, runImport } from "@/tasks/import.ts";
import { formatReport, parseMap } from "@/tasks/import/csv.ts";
import { CommandError } from "@/tasks/run_command.ts";
import {
  giveCustomer,
  interceptStripe,
  openTestApp,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { subscribe } from "@/tests/helpers/subscriptions.ts";

const DRY: ImportRequest = { apply: false, grants: true, paceMs: 0 };
const APPLY: ImportRequest = { ...DRY, apply: true };

async function customerAtStripe(
  { services }: TestApp,
  metadata: Record<string, string> = {},
): Promise<string> {
  const stripe = await services.stripe();
  return (await stripe.customers.create({ metadata })).id;
}

/** An organization's customer with an active subscription to Pro. */
async function subscriberAtStripe(app: TestApp, orgId: string) {
  const customer = await customerAtStripe(app, { organization: orgId });
  await subscribe(app, customer);
  return customer;
}

/** The result by customer: its organization and status. */
async function statuses(app: TestApp, request: ImportRequest = DRY) {
  const { rows } = await runImport(app.services, request);
  return Object.fromEntries(
    rows.map(({ customerId, orgId, status }) => [customerId, [orgId, status]]),
  );
}

/** Everything stored, without random ids and the local Stripe. */
async function stored(kv: Deno.Kv): Promise<string[]> {
  const entries = await Array.fromAsync(kv.list({ prefix: [] }));
  return entries.filter(({ key }) => key[0] !== "sandbox")
    .map(({ key, value }) => JSON.stringify([key, value]))
    .map((text) => text.replaceAll(/"le_\w+"/g, '"le_"'))
    .map((text) => text.replace(/^(\[\["activity","\w+",)"\w+"/, '$1""'));
}

Deno.test("a dry run links nothing", async () => {
  await using app = await openTestApp();
  const customer = await subscriberAtStripe(app, "org_a");
  const before = await stored(app.kv);
  assertEquals(await statuses(app), { [customer]: ["org_a", "matched"] });
  assertEquals(await stored(app.kv), before);
});

Deno.test("--apply links, syncs and grants; a second run changes nothing", async () => {
  await using app = await openTestApp();
  const customer = await subscriberAtStripe(app, "org_a");
  const { applied } = await runImport(app.services, APPLY);
  assertEquals(applied, { linked: 1, failed: 0 });
  const { subscription } = await app.services.store.readBilling("org_a", 0);
  assertEquals(subscription?.plan, "pro");
  const wallet = await app.services.store.readWallet("org_a");
  assertEquals(wallet.granted, 50_000);
  const before = await stored(app.kv);
  assertEquals(await statuses(app, APPLY), {
    [customer]: ["org_a", "already linked"],
  });
  assertEquals(await stored(app.kv), before);
});

Deno.test("with --no-grants, only later periods grant tokens", async () => {
  await using app = await openTestApp();
  await subscriberAtStripe(app, "org_a");
  await customerAtStripe(app, { organization: "org_free" });
  await runImport(app.services, { ...APPLY, grants: false });
  await app.stripe.controls.drain();
  for (const orgId of ["org_a", "org_free"]) {
    const { wallet } = await readAccount(app.services, orgId);
    assertEquals([wallet.granted, wallet.entries], [0, 0]);
  }
  app.clock.nowMs += 31 * 24 * 3_600_000;
  const { wallet } = await readAccount(app.services, "org_free");
  assertEquals(wallet.granted, 1_000);
});

Deno.test("with --no-grants, a deleted organization gets no wallet", async () => {
  await using app = await openTestApp();
  const { services } = app;
  await deleteOrganization(services, "org_gone");
  const customerId = await customerAtStripe(app);
  const { applied } = await runImport(services, {
    ...APPLY,
    grants: false,
    map: [{ orgId: "org_gone", customerId }],
  });
  assertEquals(applied, { linked: 0, failed: 1 });
  await assertRejects(() => readAccount(services, "org_gone"), BillingError);
  assertEquals((await app.kv.get(["wallet", "org_gone"])).value, null);
});

Deno.test("organizations are found in metadata of customers and of subscriptions", async () => {
  const keys = { STRIPE_CUSTOMER_METADATA_KEY: "organization,tenant_id" };
  await using app = await openTestApp(keys);
  const current = await customerAtStripe(app, { organization: "org_a" });
  const former = await customerAtStripe(app, { tenant_id: "org_b" });
  const indirect = await customerAtStripe(app);
  await subscribe(app, indirect, { metadata: { tenant_id: "org_c" } });
  const unknown = await customerAtStripe(app, { customer_of: "org_d" });
  const invalid = await customerAtStripe(app, { organization: "Acme Inc." });
  assertEquals(await statuses(app), {
    [current]: ["org_a", "matched"],
    [former]: ["org_b", "matched"],
    [indirect]: ["org_c", "matched"],
    [unknown]: [null, "unmatched"],
    [invalid]: ["Acme Inc.", "unmatched"],
  });
});

Deno.test("ambiguous customers are listed and never linked", async () => {
  const keys = { STRIPE_CUSTOMER_METADATA_KEY: "organization,tenant_id" };
  await using app = await openTestApp(keys);
  const first = await subscriberAtStripe(app, "org_two");
  const second = await customerAtStripe(app, { organization: "org_two" });
  const metadata = { organization: "org_x", tenant_id: "org_y" };
  const torn = await customerAtStripe(app, metadata);
  const mixed = await customerAtStripe(app, { organization: "org_m" });
  await subscribe(app, mixed, { metadata: { organization: "org_n" } });
  const linked = await giveCustomer(app, "org_linked");
  const late = await customerAtStripe(app, { organization: "org_linked" });
  const before = await stored(app.kv);
  assertEquals(await statuses(app, APPLY), {
    [first]: ["org_two", "ambiguous"],
    [second]: ["org_two", "ambiguous"],
    [torn]: ["org_x", "ambiguous"],
    [mixed]: ["org_m", "ambiguous"],
    [linked]: ["org_linked", "already linked"],
    [late]: ["org_linked", "ambiguous"],
  });
  assertEquals(await stored(app.kv), before);
});

Deno.test("the operator's map decides and resolves ambiguities", async () => {
  await using app = await openTestApp();
  const first = await customerAtStripe(app, { organization: "org_two" });
  const second = await customerAtStripe(app, { organization: "org_two" });
  const bare = await customerAtStripe(app);
  const map = parseMap(
    `\ufefforganization,customer\r\norg_two,${second}\r\n` +
      `"org_bare", ${bare}\r\norg_gone,cus_gone\r\n`,
  );
  assertEquals(await statuses(app, { ...APPLY, map }), {
    [first]: [null, "unmatched"],
    [second]: ["org_two", "matched"],
    [bare]: ["org_bare", "matched"],
    cus_gone: ["org_gone", "unmatched"],
  });
  // Without the map, a linked customer stays linked.
  const again = await statuses(app);
  assertEquals(again[bare], ["org_bare", "already linked"]);
  assertEquals(again[second], ["org_two", "already linked"]);
  assertEquals(again[first], ["org_two", "ambiguous"]);
});

Deno.test("a map that gives an organization two customers is ambiguous", async () => {
  await using app = await openTestApp();
  const ids = [await customerAtStripe(app), await customerAtStripe(app)];
  const map = ids.map((customerId) => ({ orgId: "org_a", customerId }));
  assertEquals(
    Object.values(await statuses(app, { ...APPLY, map })),
    ids.map(() => ["org_a", "ambiguous"]),
  );
});

Deno.test("a map with malformed lines is refused with their numbers", () => {
  const text = "organization,customer\norg_a,cus_1\norg_b;cus_2\n\norg c,cus_3";
  try {
    parseMap(text);
  } catch (error) {
    assert(error instanceof CommandError);
    assert(error.message.includes("line 3, 5"), error.message);
    return;
  }
  throw new Error("The map was accepted");
});

Deno.test("subscriptions whose price is in no plan are listed", async () => {
  await using app = await openTestApp();
  const stripe = await app.services.stripe();
  const { id: price } = await stripe.prices.create({
    currency: "usd",
    unit_amount: 700,
    recurring: { interval: "month" },
    product_data: { name: "Founders" },
  });
  const customer = await customerAtStripe(app, { organization: "org_a" });
  const { id } = await subscribe(app, customer, { items: [{ price }] });
  const { rows } = await runImport(app.services, DRY);
  assertEquals(rows.map(({ status }) => status), ["matched", "unknown price"]);
  assert(rows[1]?.detail.includes(`${id} has ${price}`));
});

Deno.test("cells that a spreadsheet would run are escaped in the report", () => {
  const row = { customerId: "cus_1", status: "unmatched", paid: 0 } as const;
  const report = formatReport([
    { ...row, orgId: '=HYPERLINK("http://x","y")', detail: "a, b" },
    { ...row, orgId: "@SUM(A1)", detail: "-1" },
  ]);
  assertEquals(
    report,
    "organization,customer,status,paid_subscriptions,detail\r\n" +
      `"'=HYPERLINK(""http://x"",""y"")",cus_1,unmatched,0,"a, b"\r\n` +
      "'@SUM(A1),cus_1,unmatched,0,'-1\r\n",
  );
});

Deno.test("an import that fails at Stripe continues with the pages read", async () => {
  await using app = await openTestApp();
  for (let index = 0; index < 250; index++) {
    await customerAtStripe(app, { organization: `org_${index}` });
  }
  app.stripe.controls.reset();
  app.stripe.controls.fail({
    kind: "server_error",
    path: "/v1/subscriptions",
    times: 2,
  });
  await assertRejects(() => runImport(app.services, DRY));
  const { rows } = await runImport(app.services, DRY);
  assertEquals(rows.length, 250);
  const pages = app.stripe.controls.requests
    .filter(({ path }) => path === "/v1/customers");
  assertEquals(pages.length, 3);
});

Deno.test("a list whose last object Stripe has deleted is read again", async () => {
  await using app = await openTestApp();
  for (let index = 0; index < 101; index++) {
    await customerAtStripe(app, { organization: `org_${index}` });
  }
  let deleted = false;
  interceptStripe(app, (request, next) => {
    if (deleted || !request.url.includes("starting_after")) {
      return next(request);
    }
    deleted = true;
    const error = {
      type: "invalid_request_error",
      code: "resource_missing",
      param: "starting_after",
    };
    return Promise.resolve(Response.json({ error }, { status: 400 }));
  });
  const { rows } = await runImport(app.services, DRY);
  assertEquals([deleted, rows.length], [true, 101]);
});

Deno.test("an organization that failed is retried by the next run", async () => {
  await using app = await openTestApp();
  await subscriberAtStripe(app, "org_a");
  app.stripe.controls.fail({
    kind: "server_error",
    path: "/v1/invoices",
    times: 2,
  });
  const first = await runImport(app.services, APPLY);
  assertEquals(first.applied, { linked: 0, failed: 1 });
  await assertRejects(
    () => runImport(app.services, { ...APPLY, grants: false }),
    CommandError,
    "--no-grants",
  );
  const second = await runImport(app.services, APPLY);
  assertEquals(second.applied, { linked: 1, failed: 0 });
  const wallet = await app.services.store.readWallet("org_a");
  assertEquals(wallet.granted, 50_000);
});

/** Store calls that an import makes and that write. */
const WRITES: readonly (keyof Store)[] = [
  ...[
    "writeImport",
    "deleteImport",
    "setGrantsAfter",
    "claimCustomer",
  ] as const,
  ...["linkCustomer", "writeSubscription", "post"] as const,
];

/** Services of a process that dies after a number of writes. */
function dying(services: Services, writes: number): Services {
  let left = writes;
  const store = new Proxy(services.store, {
    get(target, name: keyof Store) {
      const method: unknown = target[name];
      if (typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        if (left < 0) throw new Error("The process is dead");
        const result = await method.apply(target, args);
        if (WRITES.includes(name) && --left < 0) {
          throw new Error("The process is dead");
        }
        return result;
      };
    },
  });
  return { ...services, store };
}

/** A process that starts after another one died. */
async function restart({ services, kv }: TestApp): Promise<Services> {
  const { config, log, stripe, now } = services;
  const other = await createServices(config, { kv, log, now });
  return { ...other.services, stripe };
}

for (const grants of [true, false]) {
  const flag = grants ? "" : " --no-grants";
  Deno.test(`an import${flag} killed after any write ends the same`, async () => {
    const request = { ...APPLY, grants };
    const ended: string[][] = [];
    let died = true;
    for (let writes = 0; died; writes++) {
      await using app = await openTestApp();
      const customer = await subscriberAtStripe(app, "org_a");
      died = await runImport(dying(app.services, writes), request)
        .then(({ applied }) => applied?.failed !== 0, () => true);
      await runImport(await restart(app), request);
      const all = await stored(app.kv);
      // Ids and invoice numbers at the local Stripe differ between the runs.
      const ids =
        /"(?:sub|si|price|in|prod)_\w+"|invoice:in_\w+|"[0-9A-Z]{8}-0001"/g;
      ended.push(
        all.map((text) =>
          text.replaceAll(customer, "cus_").replaceAll(ids, '""')
        ),
      );
    }
    assert(ended.length > 8, `${ended.length} writes`);
    for (const state of ended) assertEquals(state, ended.at(-1));
  });
}
