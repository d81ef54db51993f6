import { assertEquals } from "@std/assert";
import { run } from "@/packages/local-stripe/clients/toolchain.ts";
import { ORG } from "@/tests/helpers/app.ts";
import { withServedApp } from "@/tests/helpers/client.ts";
import { installClient } from "@/tests/helpers/client_package.ts";
import { withFolder } from "@/tests/helpers/server_process.ts";

const USE = `
import { Portico, PorticoError } from "@portico/client";

const portico = new Portico({
  url: process.env.PORTICO_URL,
  key: process.env.PORTICO_KEY,
});
const organization = portico.organization("${ORG}");
const charge = await organization.charge(250, { idempotencyKey: "job-1" });
const refused = await organization.requireFeature("audit_log").catch((e) => e);
console.log(JSON.stringify({
  balance: charge.balance,
  isError: refused instanceof PorticoError,
  status: refused.toResponse().status,
}));
`;

const TYPES = `
import { type Balance, Portico, PorticoError } from "@portico/client";

const portico = new Portico({ url: "https://billing.example.com", key: "k" });
const balance: Balance = await portico.organization("org_1").balance();
const total: number = balance.tokens.total;
// @ts-expect-error The type is not any.
const text: string = balance.tokens.total;
// @ts-expect-error An idempotency key is required.
await portico.organization("org_1").charge(total, {});
export const status = (error: PorticoError): number => error.status;
export { text };
`;

Deno.test("the npm package has typed JavaScript that runs on Node", () =>
  withFolder(async (folder) => {
    await installClient(folder);
    await Deno.writeTextFile(`${folder}/use.js`, USE);
    await Deno.writeTextFile(`${folder}/types.ts`, TYPES);
    await withServedApp({}, async ({ url, key }) => {
      const env = { PORTICO_URL: url, PORTICO_KEY: key };
      const printed = await run("node", ["use.js"], { cwd: folder, env });
      assertEquals(JSON.parse(printed), {
        ...{ balance: 750, isError: true, status: 402 },
      });
    });
    const check = ["check", "--node-modules-dir=manual", "types.ts"];
    await run(Deno.execPath(), check, { cwd: folder });
  }));
