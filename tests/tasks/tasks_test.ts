import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  deno,
  freePort,
  startServing,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";

for (const task of ["serve", "dev"] as const) {
  Deno.test(`${task} listens on PORT and HOST`, () =>
    withFolder(async (folder) => {
      const port = freePort();
      await using served = await startServing({
        PORT: String(port),
        HOST: "0.0.0.0",
        SANDBOX_EXPOSE: "1",
        KV_PATH: `${folder}/kv.sqlite3`,
      }, task);
      await untilServed(served);
      const plans = await fetch(`${served.url}/api/v1/plans`);
      assertEquals(plans.status, 200);
      await plans.body?.cancel();
      served.process.kill("SIGTERM");
      const { printed } = await served.ended();
      assertStringIncludes(printed, `on 0.0.0.0:${port}`);
    }));
}

// Running it would rebuild under the processes of other test files.
Deno.test("start builds, then serves", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  assertEquals(
    tasks.start,
    "deno task --quiet build && deno task --quiet serve",
  );
});

/** Runs a task until it exits. */
async function run(args: string[], env: Record<string, string>) {
  const command = deno(["task", "--quiet", ...args], { NO_COLOR: "1", ...env });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  return { code, printed: text.decode(stdout) + text.decode(stderr) };
}

/** Runs the local Stripe in a child process. */
async function withStripe(use: (url: string) => Promise<void>) {
  const port = String(freePort());
  const args = ["task", "sandbox:stripe", "--port", port, "--kv", ":memory:"];
  const process = deno(args).spawn();
  const printed = new Response(process.stderr).text();
  const lines = process.stdout.pipeThrough(new TextDecoderStream());
  try {
    for await (const line of lines.values({ preventCancel: true })) {
      assertStringIncludes(line, `http://127.0.0.1:${port}`);
      break;
    }
    await use(`http://127.0.0.1:${port}`);
  } finally {
    process.kill("SIGTERM");
    await process.status;
    await lines.cancel();
    await printed;
  }
}

Deno.test("setup and doctor work against sandbox:stripe", () =>
  withStripe((url) =>
    withFolder(async (folder) => {
      const env = {
        APP_URL: "http://127.0.0.1:9",
        KV_PATH: `${folder}/kv.sqlite3`,
        STRIPE_API_BASE: url,
        STRIPE_SECRET_KEY: "sk_test_1",
      };
      const setup = await run(["stripe:setup"], env);
      assertEquals(setup.code, 0, setup.printed);
      const configuration = /STRIPE_PORTAL_CONFIGURATION=(bpc_\w+)/
        .exec(setup.printed)?.[1];
      assert(configuration, setup.printed);
      const { printed } = await run(["doctor"], {
        ...env,
        STRIPE_PORTAL_CONFIGURATION: configuration,
        STRIPE_WEBHOOK_SECRET: "whsec_1",
      });
      assertStringIncludes(printed, "ok   prices: 7 found, in usd");
      assertStringIncludes(
        printed,
        `ok   portal: ${configuration} is complete`,
      );
    })
  ));

Deno.test("sandbox:stripe serves its pages", () =>
  withStripe(async (url) => {
    const page = await fetch(`${url}/c/pay/cs_unknown`);
    assertStringIncludes(await page.text(), "<html");
    assertEquals(page.status, 404);
  }));

Deno.test("a command that cannot run prints only the reason", () =>
  withFolder(async (folder) => {
    const env = { KV_PATH: `${folder}/kv.sqlite3`, STRIPE_SECRET_KEY: "" };
    assertEquals(await run(["doctor", "--tokn", "x"], env), {
      code: 1,
      printed: "Usage: deno task doctor [--token JWT]\n",
    });
    assertEquals(await run(["stripe:setup"], env), {
      code: 1,
      printed: "STRIPE_SECRET_KEY is missing. The sandbox needs no setup.\n",
    });
  }));

Deno.test("reconcile checks the store and prints a summary", () =>
  withFolder(async (folder) => {
    const env = { KV_PATH: `${folder}/kv.sqlite3` };
    const { code, printed } = await run(["reconcile"], env);
    assertEquals(code, 0);
    assertStringIncludes(printed, "0 organizations: 0 had drifted");
  }));
