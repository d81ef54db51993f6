import { assert, assertEquals } from "@std/assert";
import Stripe from "stripe";
import { createStripe } from "@/lib/billing/stripe_client.ts";
import { NO_TELEMETRY, openTelemetry } from "@/lib/telemetry.ts";
import { memberClaims, ORG } from "@/tests/helpers/app.ts";
import {
  type OtlpReceiver,
  type ReceivedPoint,
  startOtlpReceiver,
} from "@/tests/helpers/otlp_receiver.ts";
import {
  startGroup,
  untilServed,
  withFolder,
} from "@/tests/helpers/server_process.ts";
import { sessionToken } from "@/tests/helpers/tokens.ts";
import { environmentOf, openStripe } from "@/tests/helpers/two_processes.ts";
import { until } from "@/tests/helpers/until.ts";

/** The app with its least permissions, exporting to a receiver. */
async function withExport(
  use: (stage: {
    call: (path: string, body?: object) => Promise<Response>;
    sendEvent: (type: string, customer: string) => Promise<void>;
    received: OtlpReceiver;
    stripe: Stripe;
    /** Stops the app and returns its log. */
    stop: () => Promise<Record<string, unknown>[]>;
  }) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const account = await openStripe();
    await using received = startOtlpReceiver();
    try {
      const environment = await environmentOf(
        account.url,
        `${folder}/kv.sqlite3`,
      );
      await using served = await startGroup({
        ...environment,
        ...received.environment,
      });
      await untilServed(served);
      const claims = memberClaims();
      const token = await sessionToken({ claims, nowMs: Date.now() });
      const { fetch: local } = account.local;
      await use({
        received,
        stripe: await createStripe({ mode: "sandbox" }, local)(),
        call: (path, body) =>
          fetch(`${served.url}${path}`, {
            method: body === undefined ? "GET" : "POST",
            headers: {
              Authorization: `Bearer ${token}`,
              "Content-Type": "application/json",
              "Idempotency-Key": "job-1",
            },
            ...(body !== undefined && { body: JSON.stringify(body) }),
          }),
        sendEvent: (type, customer) =>
          send(served.url, environment.STRIPE_WEBHOOK_SECRET, type, customer),
        async stop() {
          // Deno may wait for its exporter at exit, so the group is killed.
          Deno.kill(-served.process.pid, "SIGKILL");
          const lines = (await served.ended()).printed.split("\n");
          return lines.filter((line) => line.startsWith("{"))
            .map((line) => JSON.parse(line));
        },
      });
    } finally {
      await account.close();
    }
  });
}

/** Sends a signed event about a customer's subscription. */
async function send(
  url: string,
  secret: string,
  type: string,
  customer: string,
): Promise<void> {
  const payload = JSON.stringify({
    id: `evt_${customer}`,
    object: "event",
    type,
    livemode: false,
    api_version: "2026-10-28.endive",
    created: Math.floor(Date.now() / 1000) - 5,
    data: { object: { id: "sub_1", object: "subscription", customer } },
  });
  const signature = await new Stripe("sk_test_1").webhooks
    .generateTestHeaderStringAsync({ payload, secret });
  const response = await fetch(`${url}/api/v1/webhooks/stripe`, {
    method: "POST",
    headers: { "Stripe-Signature": signature },
    body: payload,
  });
  assertEquals(await response.json(), { received: true });
}

Deno.test("telemetry is not loaded without OTEL_DENO", async () => {
  assertEquals(await openTelemetry(), NO_TELEMETRY);
});

Deno.test("spans name organization and outcome, and metrics are exported", () =>
  withExport(async ({ call, sendEvent, received, stripe, stop }) => {
    const { spans, metrics } = received;
    const checkout = await call("/api/v1/operations/payment/checkout", {
      plan: "pro",
      interval: "month",
    });
    assertEquals(checkout.status, 200, await checkout.text());
    for (const status of [201, 200]) {
      const charge = await call("/api/v1/billing/charges", { tokens: 250 });
      assertEquals(charge.status, status, await charge.text());
    }
    const { data: [customer] } = await stripe.customers.list();
    await sendEvent("customer.subscription.updated", customer?.id ?? "");
    await sendEvent("customer.subscription.updated", "cus_unknown");
    await until(() =>
      spans.filter(({ name }) => name.startsWith("webhook ")).length === 2 &&
      metrics.has("portico.webhook.lag")
    );
    /** Organization and outcome of each span of a name. */
    const resultsOf = (name: string) =>
      spans.filter((span) => span.name === name).map(({ attributes }) => [
        attributes["portico.organization"],
        attributes["portico.outcome"],
      ]);
    assertEquals(resultsOf("stripe POST /v1/customers"), [[ORG, "ok"]]);
    assertEquals(resultsOf("stripe POST /v1/checkout/sessions"), [[ORG, "ok"]]);
    assertEquals(resultsOf("webhook customer.subscription.updated"), [
      [ORG, "done"],
      [undefined, "ignored"],
    ]);
    // Checkout and the event.
    const synced = [ORG, "unchanged"];
    assertEquals(resultsOf("sync"), [synced, synced]);
    const commits = resultsOf("kv.commit");
    assert(
      commits.some(([orgId, outcome]) => orgId === ORG && outcome === "ok"),
    );
    const route = "POST /api/v1/billing/charges";
    assertEquals(
      spans.filter(({ name }) => name === route)
        .map(({ attributes }) => attributes["portico.organization"]),
      [ORG, ORG],
    );
    const pointsOf = (name: string): ReceivedPoint[] => metrics.get(name) ?? [];
    const outcomes = pointsOf("portico.charges").map((
      { attributes, value },
    ) => [attributes["portico.outcome"], value]);
    assertEquals(outcomes.toSorted(), [["posted", 1], ["repeated", 1]]);
    assertEquals(pointsOf("portico.charged_tokens")[0]?.value, 250);
    assertEquals(pointsOf("portico.webhook.lag")[0]?.value, 1);
    assertEquals(pointsOf("portico.wallet.queue")[0]?.value, 0);
    const [duration] = pointsOf("portico.sync.duration");
    assertEquals(duration?.attributes["portico.outcome"], "unchanged");
    const requests = pointsOf("http.server.request.duration")
      .find(({ attributes }) =>
        attributes["http.route"] === "/api/v1/billing/charges"
      );
    assert(requests !== undefined, "requests by route");
    const documented = await Deno.readTextFile("docs/monitoring.md");
    const own = [...metrics.keys()].filter((name) => /^portico\./.test(name));
    assertEquals(
      own.toSorted(),
      [...documented.matchAll(/^\| `(portico\.\S+)` /gm)]
        .map(([, name]) => name).toSorted(),
    );
    const line = (await stop())
      .find(({ message }) => message === "ignored event: unknown customer");
    const ignored = spans.filter(({ name }) => name.startsWith("webhook "))[1];
    assertEquals(
      [line?.["traceId"], line?.["spanId"]],
      [ignored?.traceId, ignored?.spanId],
    );
  }));
