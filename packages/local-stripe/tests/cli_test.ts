import { assert, assertEquals, assertMatch } from "@std/assert";
import Stripe from "stripe";
import { type Served, serveLocalStripe } from "../serve.ts";

/** Stripe's CLI on npm. */
const CLI = "@stripe/cli@1.52.0";

/** The path of the CLI; `null` if npm is missing or cannot fetch it. */
const cli = findCli();
if (cli === null) {
  console.warn(`${CLI} is not available from npm: its tests are skipped.`);
}

function findCli(): string | null {
  try {
    const { success, stdout } = new Deno.Command("npx", {
      args: ["--yes", "--package", CLI, "--call", "command -v stripe"],
      env: { npm_config_fetch_retries: "1" },
      stdin: "null",
      stderr: "null",
    }).outputSync();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** A local Stripe over HTTP, with the CLI, the SDK and a webhook endpoint. */
interface Stage {
  /** Runs a CLI command, which has to succeed, and returns its output. */
  run(...args: string[]): Promise<string>;
  stripe: Stripe;
  /** Waits for a number of signed events of a type; resolves to the last one. */
  arrival(type: string, count?: number): Promise<Stripe.Event>;
}

function cliTest(name: string, test: (stage: Stage) => Promise<void>): void {
  Deno.test({ name, ignore: cli === null, fn: () => perform(test) });
}

async function perform(test: (stage: Stage) => Promise<void>): Promise<void> {
  const served = await serveLocalStripe({
    port: 0,
    host: "127.0.0.1",
    kvPath: ":memory:",
  });
  const config = await Deno.makeTempDir();
  const inbox = new Inbox();
  try {
    const stripe = sdkOn(served);
    await inbox.subscribe(stripe);
    await test({
      stripe,
      run: (...args) => runCli(args, { url: served.url, config }),
      arrival: (type, count) => inbox.arrival(type, count),
    });
  } finally {
    await served.close();
    await inbox.close();
    await Deno.remove(config, { recursive: true });
  }
}

function sdkOn({ url }: Served): Stripe {
  const { hostname: host, port } = new URL(url);
  return new Stripe("sk_test_local", { host, port, protocol: "http" });
}

async function runCli(
  args: string[],
  on: { url: string; config: string },
): Promise<string> {
  const key = ["--api-key", "sk_test_123456789012345678901234"];
  const { success, stdout, stderr } = await new Deno.Command(cli ?? "", {
    args: [...args, ...key, "--api-base", on.url, "--color", "off"],
    env: { XDG_CONFIG_HOME: on.config, STRIPE_CLI_TELEMETRY_OPTOUT: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  const printed = text.decode(stdout);
  assert(success, `stripe ${args.join(" ")}: ${printed}${text.decode(stderr)}`);
  return printed;
}

const MAX_WAIT_MS = 10_000;

/** A webhook endpoint that records events. */
class Inbox {
  #events: Stripe.Event[] = [];
  #secret = "";
  #wake = Promise.withResolvers<void>();
  #server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request) => this.#take(request),
  );

  async subscribe(stripe: Stripe): Promise<void> {
    const made = await stripe.webhookEndpoints.create({
      url: `http://127.0.0.1:${this.#server.addr.port}/hooks`,
      enabled_events: ["*"],
    });
    this.#secret = made.secret ?? "";
  }

  async arrival(type: string, count = 1): Promise<Stripe.Event> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new Error(`${type} did not arrive`)),
      MAX_WAIT_MS,
    );
    try {
      for (;;) {
        const found = this.#events.filter((event) => event.type === type);
        const last = found[count - 1];
        if (last !== undefined) return last;
        await Promise.race([this.#wake.promise, late.promise]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  close(): Promise<void> {
    return this.#server.shutdown();
  }

  async #take(request: Request): Promise<Response> {
    const { webhooks } = new Stripe("sk_test_local");
    const signature = request.headers.get("Stripe-Signature") ?? "";
    const body = await request.text();
    this.#events.push(
      await webhooks.constructEventAsync(body, signature, this.#secret),
    );
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
    return new Response("ok");
  }
}

cliTest("stripe customers create creates a customer", async (stage) => {
  const printed = JSON.parse(
    await stage.run("customers", "create", "--name", "Acme", "-d", "phone=1"),
  );
  const { name, phone } = await stage.stripe.customers.retrieve(
    printed.id,
  ) as Stripe.Customer;
  assertEquals([name, phone], ["Acme", "1"]);
  const event = await stage.arrival("customer.created");
  assertEquals((event.data.object as Stripe.Customer).id, printed.id);
});

cliTest("stripe prices list finds a price by its lookup key", async (stage) => {
  const { stripe, run } = stage;
  const { id } = await stripe.prices.create({
    currency: "usd",
    unit_amount: 2_900,
    lookup_key: "pro_month",
    product_data: { name: "Pro" },
  });
  const args = ["prices", "list", "-d", "lookup_keys[]=pro_month"];
  const { data } = JSON.parse(await run(...args));
  assertEquals(data.map((price: Stripe.Price) => price.id), [id]);
});

const TRIGGERS: [type: string, ...also: string[]][] = [
  ["customer.subscription.created", "invoice.paid"],
  ["checkout.session.completed", "payment_intent.succeeded"],
  ["invoice.paid", "invoice.finalized"],
];

for (const [type, ...also] of TRIGGERS) {
  cliTest(
    `stripe trigger ${type} succeeds, and its events arrive`,
    async (stage) => {
      assertMatch(await stage.run("trigger", type), /Trigger succeeded/);
      for (const expected of [type, ...also]) {
        assertEquals((await stage.arrival(expected)).type, expected);
      }
    },
  );
}

cliTest(
  "stripe events resend resends an event to an endpoint",
  async (stage) => {
    const { stripe, run } = stage;
    await run("customers", "create");
    const { id } = await stage.arrival("customer.created");
    const { data: [hook] } = await stripe.webhookEndpoints.list();
    await run("events", "resend", id, "--webhook-endpoint", hook?.id ?? "");
    assertEquals((await stage.arrival("customer.created", 2)).id, id);
  },
);
