import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import Stripe from "stripe";
import { readServeOptions, serveLocalStripe } from "../serve.ts";
import { failureOf } from "./local_stripe.ts";

const HOST = "127.0.0.1";

function clientOf(url: string): Stripe {
  const { port } = new URL(url);
  return new Stripe("sk_test_local", {
    host: HOST,
    port: Number(port),
    protocol: "http",
    maxNetworkRetries: 0,
  });
}

Deno.test("the SDK works over HTTP and the state survives a restart", async () => {
  const folder = await Deno.makeTempDir();
  const options = {
    port: 0,
    host: HOST,
    kvPath: `${folder}/below/stripe.sqlite3`,
  };
  const first = await serveLocalStripe(options);
  const made = await clientOf(first.url).customers.create({ name: "Acme" }, {
    idempotencyKey: "k",
  });
  await first.close();

  const second = await serveLocalStripe(options);
  try {
    const stripe = clientOf(second.url);
    assertEquals((await stripe.customers.list()).data.map(({ id }) => id), [
      made.id,
    ]);
    assertEquals(
      (await stripe.customers.create({ name: "Acme" }, { idempotencyKey: "k" }))
        .id,
      made.id,
    );
    const { url } = await stripe.billingPortal.sessions.create({
      customer: made.id,
      return_url: "https://app.example/",
    });
    assert(url.startsWith(second.url));
    const page = await fetch(url);
    assertEquals(page.status, 200);
    assert((await page.text()).includes("Billing for Acme"));
    assertEquals(
      (await failureOf(stripe.customers.retrieve("cus_nobody"))).statusCode,
      404,
    );
  } finally {
    await second.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("unreachable, cut and slow affect HTTP clients", async () => {
  const served = await serveLocalStripe({
    port: 0,
    host: HOST,
    kvPath: ":memory:",
  });
  try {
    const stripe = clientOf(served.url);
    for (const kind of ["unreachable", "cut"] as const) {
      served.local.controls.fail({ kind, times: Infinity });
      const error = await failureOf(stripe.customers.list());
      assert(
        error instanceof Stripe.errors.StripeConnectionError,
        `${kind}: ${error}`,
      );
      served.local.controls.reset();
    }
    served.local.controls.fail({ kind: "slow", delayMs: 200 });
    const slow = await failureOf(stripe.customers.list({}, { timeout: 50 }));
    assert(slow instanceof Stripe.errors.StripeConnectionError);
  } finally {
    await served.close();
  }
});

Deno.test("a taken port is reported and leaves nothing open", async () => {
  const served = await serveLocalStripe({
    port: 0,
    host: HOST,
    kvPath: ":memory:",
  });
  try {
    const port = Number(new URL(served.url).port);
    const again = () =>
      serveLocalStripe({ port, host: HOST, kvPath: ":memory:" });
    await assertRejects(again, Deno.errors.AddrInUse);
    const command = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--quiet",
        "packages/local-stripe/serve.ts",
        "--port",
        String(port),
        "--kv",
        ":memory:",
      ],
    });
    const { code, stderr } = await command.output();
    assertEquals(code, 1);
    assert(new TextDecoder().decode(stderr).startsWith("The port is taken"));
  } finally {
    await served.close();
  }
});

Deno.test("readServeOptions() has defaults and rejects unknown options", () => {
  assertEquals(readServeOptions([]), {
    port: 12111,
    host: HOST,
    kvPath: "./data/stripe.sqlite3",
    strictVersion: false,
  });
  assertEquals(
    readServeOptions(
      ["--port=0", "--host=::1", "--kv", ":memory:", "--strict-version"],
    ),
    {
      port: 0,
      host: "::1",
      kvPath: ":memory:",
      strictVersion: true,
    },
  );
  assertEquals(readServeOptions(["-h"]), "help");
  for (
    const args of [["--port", "70000"], ["--port", "x"], ["--colour"], [
      "stray",
    ]]
  ) {
    assertThrows(() => readServeOptions(args), TypeError);
  }
});
