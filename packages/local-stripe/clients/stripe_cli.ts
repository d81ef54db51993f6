import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import process from "node:process";
import Stripe from "stripe";
import { type Served, serveLocalStripe } from "../serve.ts";
import { attempt, run } from "./toolchain.ts";

/** Stripe's CLI on npm. */
const CLI = "@stripe/cli@1.52.0";

/** The path of its program, without the Node script in front of it. */
const cli = await installCli();

async function installCli(): Promise<string> {
  const find = ["--yes", "--package", CLI, "--call", "command -v stripe"];
  const script = (await run("npx", find)).trim();
  const platform = `${process.platform}-${process.arch}`;
  return join(dirname(script), `../@stripe/cli-${platform}/bin/stripe`);
}

/** A local Stripe over HTTP, with the CLI, the SDK and a webhook endpoint. */
interface Stage {
  /** Runs a CLI command and returns its output. */
  cli(...args: string[]): ReturnType<typeof attempt>;
  /** Runs a CLI command, which has to succeed. */
  run(...args: string[]): Promise<string>;
  stripe: Stripe;
  /** Waits for a number of signed events of a type; resolves to the last one. */
  arrival(type: string, count?: number): Promise<Stripe.Event>;
}

function cliTest(name: string, test: (stage: Stage) => Promise<void>): void {
  Deno.test(name, () => perform(test));
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
    const runCli = (...args: string[]) =>
      attempt(cli, [...args, ...optionsFor(served)], { env: envIn(config) });
    await test({
      stripe,
      cli: runCli,
      async run(...args) {
        const { success, text } = await runCli(...args);
        assert(success, `stripe ${args.join(" ")}: ${text}`);
        return text;
      },
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

function optionsFor({ url }: Served): string[] {
  const key = "sk_test_123456789012345678901234";
  return ["--api-key", key, "--api-base", url, "--color", "off"];
}

function envIn(folder: string): Record<string, string> {
  return { XDG_CONFIG_HOME: folder, STRIPE_CLI_TELEMETRY_OPTOUT: "1" };
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

/** The triggers that are refused, by the operation or parameter that is not implemented. */
const REFUSED: Record<string, string[]> = {
  "DELETE /v1/invoices/*": [
    "invoice.deleted",
  ],
  "GET /v1/billing/meters": [
    "v1.billing.meter.error_report_triggered",
  ],
  "POST /v1/accounts": [
    "account.application.deauthorized account.updated",
  ],
  "POST /v1/credit_notes": [
    "credit_note.created credit_note.updated credit_note.voided",
  ],
  "POST /v1/customers/*/sources": [
    "customer.source.created customer.source.updated",
  ],
  "POST /v1/identity/verification_sessions": [
    "identity.verification_session.canceled",
    "identity.verification_session.created",
    "identity.verification_session.redacted",
  ],
  "POST /v1/issuing/cardholders": [
    "issuing_authorization.request issuing_authorization.request.eu",
    "issuing_authorization.request.gb issuing_card.created",
    "issuing_card.created.eu issuing_card.created.gb",
    "issuing_cardholder.created issuing_cardholder.created.eu",
    "issuing_cardholder.created.gb issuing_transaction.created",
    "issuing_transaction.purchase_details_receipt_updated",
    "issuing_transaction.updated",
  ],
  "POST /v1/payment_intents": [
    "balance.available charge.captured charge.dispute.closed",
    "charge.dispute.created charge.dispute.updated charge.failed",
    "charge.refund.updated charge.refunded charge.succeeded",
    "payment_intent.amount_capturable_updated payment_intent.canceled",
    "payment_intent.created payment_intent.partially_funded",
    "payment_intent.payment_failed payment_intent.requires_action",
    "payment_intent.succeeded payout.created payout.updated",
    "transfer.created transfer.reversed transfer.updated",
  ],
  "POST /v1/payment_links": [
    "payment_link.created payment_link.updated",
  ],
  "POST /v1/plans": [
    "plan.created plan.deleted plan.updated",
  ],
  "POST /v1/reporting/report_runs": [
    "reporting.report_run.succeeded",
  ],
  "POST /v1/setup_intents": [
    "payment_method.updated setup_intent.canceled setup_intent.created",
    "setup_intent.requires_action setup_intent.setup_failed",
    "setup_intent.succeeded",
  ],
  "POST /v1/tax_rates": [
    "tax_rate.created tax_rate.updated",
  ],
  "POST /v1/test_helpers/customers/*/fund_cash_balance": [
    "cash_balance.funds_available customer_cash_balance_transaction.created",
  ],
  "POST /v1/topups": [
    "topup.created",
  ],
  "POST /v2/billing/meter_event_session": [
    "v1.billing.meter.no_meter_found",
  ],
  "the parameter type=sepa_debit": [
    "checkout.session.async_payment_failed payment_intent.processing",
  ],
  "the parameter collection_method=send_invoice": [
    "invoice.sent",
  ],
  "the parameter customer": [
    "subscription_schedule.completed subscription_schedule.expiring",
  ],
  "the parameter source": [
    "quote.accepted quote.canceled quote.created quote.finalized",
    "subscription_schedule.aborted subscription_schedule.canceled",
    "subscription_schedule.created subscription_schedule.released",
    "subscription_schedule.updated",
  ],
  // Stripe has removed these parameters, and the CLI still sends them.
  "Received unknown parameter: coupon": [
    "customer.discount.created customer.discount.deleted",
    "customer.discount.updated promotion_code.created promotion_code.updated",
  ],
  "Received unknown parameter: payment_method_types": [
    "checkout.session.async_payment_succeeded",
  ],
};

/** The triggers that succeed. */
const SUCCEED = [
  "billing_portal.configuration.created",
  "billing_portal.configuration.updated billing_portal.session.created",
  "checkout.session.completed checkout.session.expired coupon.created",
  "coupon.deleted coupon.updated",
  "customer.created customer.deleted customer.subscription.created",
  "customer.subscription.deleted customer.subscription.paused",
  "customer.subscription.trial_will_end customer.subscription.updated",
  "customer.updated invoice.created invoice.finalized",
  "invoice.marked_uncollectible invoice.paid",
  "invoice.payment_action_required invoice.payment_failed",
  "invoice.payment_succeeded invoice.updated invoice.voided",
  "invoiceitem.created invoiceitem.deleted payment_method.attached",
  "payment_method.detached price.created price.updated product.created",
  "product.deleted product.updated subscription.payment_failed",
  "subscription.payment_succeeded test_helpers.test_clock.advancing",
  "test_helpers.test_clock.created test_helpers.test_clock.deleted",
  "test_helpers.test_clock.ready",
];

const split = (texts: string[]) => texts.flatMap((text) => text.split(" "));

const TRIGGERS_AT_A_TIME = 4;

cliTest(
  "every trigger succeeds with its event, or is refused as expected",
  async ({ cli, run, stripe }) => {
    const help = await run("trigger", "--help");
    const triggers = [...help.matchAll(/^ {2}([a-z0-9_]+\.[a-z0-9_.]+)$/gm)]
      .map(([, name = ""]) => name);
    const outcomes = new Map<string, string[]>();
    const left = [...triggers];
    const work = async () => {
      for (let name = left.shift(); name; name = left.shift()) {
        const { success, text } = await cli("trigger", name);
        const outcome = success ? "succeeds" : refusalIn(text);
        outcomes.set(outcome, [...outcomes.get(outcome) ?? [], name]);
      }
    };
    await Promise.all(Array.from({ length: TRIGGERS_AT_A_TIME }, work));
    const expected = Object.entries({ ...REFUSED, succeeds: SUCCEED });
    assertEquals(
      Object.fromEntries(
        [...outcomes].map(([outcome, names]) => [outcome, names.sort()]),
      ),
      Object.fromEntries(
        expected.map(([outcome, names]) => [outcome, split(names).sort()]),
      ),
    );
    for (const name of split(SUCCEED)) {
      const type = name.replace(/^subscription\./, "invoice.");
      const { data } = await stripe.events.list({ type, limit: 1 });
      assertEquals(data.map((event) => event.type), [type]);
    }
  },
);

/** The refused operation or parameter of a failed trigger, with ids as `*`. */
function refusalIn(text: string): string {
  const [, message = text] = /"message": "([^"]*)"/.exec(text) ?? [];
  const [, lacks] = /does not implement (.*)\. Stripe itself/.exec(message) ??
    [];
  return (lacks ?? message)
    .replace(/\/(coupons|customers|invoices)\/\w+/, "/$1/*");
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
