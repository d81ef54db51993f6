import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "@/packages/local-stripe/clients/toolchain.ts";
import { giveCustomer, ORG } from "@/tests/helpers/app.ts";
import { type Fault, withServedApp } from "@/tests/helpers/client.ts";
import { startIssuer } from "@/tests/helpers/issuer_server.ts";
import { subscribe } from "@/tests/helpers/subscriptions.ts";

const DOC = await Deno.readTextFile("docs/integrate.md");

Deno.test("docs/integrate.md quotes the files of docs/examples", async () => {
  const quoted = [...DOC.matchAll(
    /<!-- docs\/examples\/(\S+) -->\n\n```\w+\n(.*?)```$/gms,
  )];
  const files = await Array.fromAsync(Deno.readDir("docs/examples"));
  assertEquals(
    quoted.map(([, name]) => name).toSorted(),
    files.map(({ name }) => name).toSorted(),
  );
  for (const [, name, code] of quoted) {
    assertEquals(code, await Deno.readTextFile(`docs/examples/${name}`));
  }
});

/** Calls the route handler in a process with its environment. */
const CALL_ROUTE = `
import { PUT } from "@/docs/examples/route.ts";

for (const token of JSON.parse(Deno.env.get("TOKENS"))) {
  const response = await PUT(
    new Request("https://app.example.com/api/reports/1", {
      headers: { Cookie: "theme=dark; __session=" + token },
    }),
    { params: Promise.resolve({ id: "1" }) },
  );
  const { error, balance } = await response.json();
  console.log(response.status, error ?? balance);
}
`;

Deno.test("the Next.js route handler checks the feature and charges", () =>
  withServedApp({}, async ({ app, url, key }) => {
    await using issuer = await startIssuer();
    const customer = await giveCustomer(app);
    await subscribe(app, customer, { lookupKey: "scale_month" });
    await app.stripe.controls.drain();
    const tokens = await Promise.all([ORG, "org_free"].map(issuer.tokenOf));
    const printed = await run(Deno.execPath(), ["eval", CALL_ROUTE], {
      env: {
        ...issuer.environment,
        PORTICO_URL: url,
        PORTICO_KEY: key,
        TOKENS: JSON.stringify([...tokens, "guess"]),
      },
    });
    assertEquals(printed.trim().split("\n"), [
      "201 499750",
      "402 feature_missing",
      "401 unauthorized",
    ]);
  }));

/** The test of the worker is skipped without Python, but never in CI. */
const withoutPython = Deno.env.get("CI") === undefined && !isInstalled();

function isInstalled(): boolean {
  try {
    return new Deno.Command("python3", { args: ["-V"] }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const USAGE = `org_1,a,400
org_2,b,300
org_1,c,500
org_1,d,1001
`;

/** Refuses some requests, and loses the responses of others. */
const busy: Fault = async (next, attempt) => {
  const headers = { "Retry-After": "0" };
  if (attempt % 3 === 0) {
    return new Response("busy", { status: 503, headers });
  }
  const response = await next();
  if (attempt % 3 === 1) return response;
  return new Response("lost", { status: 502, headers });
};

Deno.test({
  name: "the Python worker charges each record once",
  ignore: withoutPython,
  fn: () =>
    withServedApp({ fault: busy }, async ({ app, url, key }) => {
      const work = async (usage: string) => {
        const process = new Deno.Command("python3", {
          args: ["docs/examples/worker.py"],
          stdin: "piped",
          stdout: "piped",
          stderr: "piped",
          env: { PORTICO_URL: url, PORTICO_KEY: key },
        }).spawn();
        const writer = process.stdin.getWriter();
        await writer.write(new TextEncoder().encode(usage));
        await writer.close();
        const { code, stdout, stderr } = await process.output();
        const decoder = new TextDecoder();
        return {
          code,
          printed: decoder.decode(stdout),
          failures: decoder.decode(stderr),
        };
      };
      const { code, printed, failures } = await work(USAGE);
      assertEquals(code, 1);
      assertStringIncludes(printed, "1 failed");
      assertStringIncludes(failures, "402");
      const again = await work(USAGE.split("\n").slice(0, 3).join("\n"));
      assertEquals(again.failures, "");
      assertStringIncludes(again.printed, "0 charged, ");
      const wallets = await Promise.all(
        ["org_1", "org_2"].map((orgId) => app.services.store.readWallet(orgId)),
      );
      assertEquals(wallets.map(({ granted }) => granted), [100, 700]);
    }),
});
