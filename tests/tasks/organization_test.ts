import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { BillingError } from "@/lib/errors.ts";
import { manageOrganization } from "@/tasks/organization.ts";
import { CommandError } from "@/tasks/run_command.ts";
import {
  giveCustomer,
  openTestApp,
  ORG,
  type TestApp,
} from "@/tests/helpers/app.ts";
import { deno, withFolder } from "@/tests/helpers/server_process.ts";
import { postTo } from "@/tests/helpers/wallet_app.ts";
import { purchase } from "@/tests/helpers/postings.ts";

async function task({ services }: TestApp, ...args: string[]): Promise<string> {
  const parts = await Array.fromAsync(manageOrganization(services, args));
  return parts.join("");
}

Deno.test("the task shows and exports an organization", async () => {
  await using app = await openTestApp();
  const customer = await giveCustomer(app);
  await postTo(app, purchase("checkout:cs_1", 10));
  const shown = await task(app, "show", ORG);
  assertStringIncludes(shown, `customer      ${customer}\n`);
  assertStringIncludes(shown, "tokens        0 granted, 10 purchased\n");
  const { organization, records } = JSON.parse(await task(app, "export", ORG));
  assertEquals(organization, ORG);
  assertEquals(records.length, 6);
});

Deno.test("the task deletes an organization only with --apply", async () => {
  await using app = await openTestApp();
  await giveCustomer(app);
  assertStringIncludes(await task(app, "delete", ORG), "Nothing was changed");
  assertEquals(await app.services.store.readDeletion(ORG), null);
  assertStringIncludes(await task(app, "delete", ORG, "--apply"), "Deleted");
  const shown = await task(app, "show", ORG);
  assertStringIncludes(shown, "deleted       2026-08-03T09:30:00.000Z\n");
  assertStringIncludes(shown, "customer      none\n");
  await assertRejects(() => task(app, "export", ORG), BillingError);
});

Deno.test("the task unlinks only a customer that Stripe does not have", async () => {
  await using app = await openTestApp();
  const { store } = app.services;
  const unlink = (...args: string[]) => task(app, "unlink", ...args);
  const without = () => unlink(ORG, "--apply");
  await assertRejects(without, BillingError, "not found");
  const known = await giveCustomer(app, "org_2");
  const linked = () => unlink("org_2", "--apply");
  await assertRejects(linked, BillingError, known);
  assertEquals(await store.readOrganization(known), "org_2");
  const stripeCustomerId = "cus_unknown";
  await store.linkCustomer(ORG, { stripeCustomerId, createdAtMs: 0 });
  assertStringIncludes(await unlink(ORG), "Nothing was changed");
  assertEquals(await store.readOrganization(stripeCustomerId), ORG);
  assertStringIncludes(await unlink(ORG, "--apply"), "Unlinked cus_unknown");
  assertEquals(await store.readCustomer(ORG), null);
  assertEquals(await store.readOrganization(stripeCustomerId), null);
});

Deno.test("the task refuses wrong arguments", async () => {
  await using app = await openTestApp();
  const wrong = [
    ...[[], ["show"], ["show", "org 1"], ["show", ORG, "org_2"]],
    ...[["erase", ORG], ["delete", ORG, "--force"]],
  ];
  for (const args of wrong) {
    await assertRejects(() => task(app, ...args), CommandError);
  }
});

Deno.test("both tasks run as commands", () =>
  withFolder(async (folder) => {
    const env = { KV_PATH: `${folder}/kv.sqlite3`, NO_COLOR: "1" };
    const run = async (...args: string[]) => {
      const command = deno(["task", "--quiet", ...args], env);
      const { code, stdout, stderr } = await command.output();
      const text = new TextDecoder();
      return [code, text.decode(stdout), text.decode(stderr)] as const;
    };
    const scopes = ["--name", "CI", "--scopes", "billing:read"];
    const [made, printed] = await run("service-key", "create", ...scopes);
    assertEquals(made, 0);
    assertStringIncludes(printed, "portico_service_test_");
    const [refused, , problem] = await run("service-key", "revoke", "x");
    assertEquals(refused, 1);
    assertStringIncludes(problem, "Usage:");
    const [shown, lines] = await run("organization", "show", "org_1");
    assertEquals(shown, 0);
    assertStringIncludes(lines, "organization  org_1\n");
    const [missing, , reason] = await run("organization", "export", "org_1");
    assertEquals([missing, reason], [1, "Organization org_1 not found\n"]);
  }));
