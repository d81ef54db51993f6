import { assert, assertEquals, assertRejects } from "@std/assert";
import Stripe from "stripe";
import { connect, receive, restarted } from "./receiver.ts";
import { withStripe } from "./local_stripe.ts";

const { webhooks } = new Stripe("sk_test_local");

Deno.test("a delivery contains the event with a signature that the SDK accepts", () =>
  withStripe(async (standIn) => {
    const { stripe, local, clock } = standIn;
    const receiver = await receive(standIn);
    const { id } = await stripe.customers.create({ name: "Ünïcode & Söhne" });
    await local.controls.drain();
    const [{ body, headers } = { body: "", headers: new Headers() }] =
      receiver.received;
    const event = await webhooks.constructEventAsync(
      body,
      headers.get("Stripe-Signature") ?? "",
      receiver.secret,
      300,
      undefined,
      clock.nowMs,
    );
    assertEquals((event.data.object as Stripe.Customer).id, id);
    assertEquals(event.pending_webhooks, 1);
    assertEquals(
      headers.get("Content-Type"),
      "application/json; charset=utf-8",
    );
    assertEquals(
      headers.get("User-Agent"),
      "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    );
    const seen = await stripe.events.retrieve(event.id);
    assertEquals(seen.pending_webhooks, 0);
    await assertRejects(() =>
      webhooks.constructEventAsync(
        body,
        headers.get("Stripe-Signature") ?? "",
        "whsec_another",
        300,
        undefined,
        clock.nowMs,
      )
    );
  }));

Deno.test("an endpoint gets the subscribed events since its creation", () =>
  withStripe(async (standIn) => {
    const { stripe, local } = standIn;
    await stripe.customers.create();
    const receiver = await receive(standIn, ["customer.updated"]);
    const { id } = await stripe.customers.create();
    await stripe.customers.update(id, { name: "New" });
    await local.controls.drain();
    assertEquals(receiver.types(), ["customer.updated"]);
  }));

Deno.test("events wait for an in-process endpoint until it is ready", () =>
  withStripe(async (standIn) => {
    const { stripe, local } = standIn;
    const receiver = await receive(standIn);
    local.webhooks.connect({ url: "https://app.example/hooks", post: null });
    await stripe.customers.create();
    await local.controls.drain();
    assertEquals(receiver.types(), []);
    connect(local, receiver);
    await local.controls.drain();
    assertEquals(receiver.types(), ["customer.created"]);
  }));

Deno.test("a crash after the commit loses no event", () =>
  withStripe(async (standIn) => {
    const receiver = await receive(standIn);
    await standIn.stripe.customers.create();
    const after = restarted(standIn);
    connect(after, receiver);
    await after.controls.drain();
    assertEquals(receiver.types(), ["customer.created"]);
  }));

Deno.test("a crash during a delivery repeats it", () =>
  withStripe(async (standIn) => {
    const { stripe, local, clock } = standIn;
    const receiver = await receive(standIn);
    const hanging = Promise.withResolvers<Response>();
    const begun = Promise.withResolvers<void>();
    receiver.answer = () => {
      begun.resolve();
      return hanging.promise;
    };
    await stripe.customers.create();
    const first = local.controls.drain();
    await begun.promise;
    receiver.answer = () => new Response("ok");
    const after = restarted(standIn);
    connect(after, receiver);
    await after.controls.drain();
    assertEquals(receiver.received.length, 1, "nobody else tries it yet");
    clock.nowMs += 61_000;
    await after.controls.drain();
    assertEquals(receiver.received.length, 2);
    hanging.resolve(new Response("ok"));
    await first;
  }));

Deno.test("two processes on one store deliver each event once", () =>
  withStripe(async (standIn) => {
    const { stripe, local } = standIn;
    const receiver = await receive(standIn);
    const other = restarted(standIn);
    connect(other, receiver);
    for (let n = 0; n < 20; n++) await stripe.customers.create();
    await Promise.all([local.controls.drain(), other.controls.drain()]);
    const ids = receiver.received.map(({ id }) => id);
    assertEquals([ids.length, new Set(ids).size], [20, 20]);
  }));

Deno.test("a failed delivery is retried with growing delays and new signatures, six attempts in total", () =>
  withStripe(async (standIn) => {
    const { stripe, local, clock } = standIn;
    const receiver = await receive(standIn);
    receiver.answer = () => new Response("no", { status: 500 });
    await stripe.customers.create();
    const startMs = clock.nowMs;
    const triedSec: number[] = [];
    for (let minute = 0; minute < 300; minute++) {
      const before = receiver.received.length;
      await local.controls.drain();
      if (receiver.received.length > before) {
        triedSec.push((clock.nowMs - startMs) / 1_000);
      }
      clock.nowMs += minute === 0 ? 10_000 : 60_000;
    }
    assertEquals(triedSec, [0, 10, 70, 430, 2_590, 15_550]);
    const signatures = receiver.received.map(({ headers }) =>
      headers.get("Stripe-Signature")
    );
    assertEquals(new Set(signatures).size, 6);
    const { data: [failed] } = await stripe.events.list({
      delivery_success: false,
    });
    assertEquals(failed?.pending_webhooks, 1);
    const entry = await local.webhooks.entry(failed?.id ?? "");
    const [delivery] = entry?.deliveries ?? [];
    assertEquals(delivery?.state, "failed");
    assertEquals(
      delivery?.attempts.map(({ status, failure }) => [status, failure]),
      Array.from({ length: 6 }, () => [500, "answered 500"]),
    );
    const arrived = await stripe.events.list({ delivery_success: true });
    assertEquals(arrived.data, []);
  }));

Deno.test("any answer but 2xx is a failure, including redirects and errors", () =>
  withStripe(async (standIn) => {
    const { stripe, local } = standIn;
    const receiver = await receive(standIn);
    const answers: [() => Response, string | null][] = [
      [() => new Response(null, { status: 204 }), null],
      [() => Response.redirect("https://app.example/other"), "answered 302"],
      [() => new Response("", { status: 400 }), "answered 400"],
      [() => {
        throw new TypeError("connection refused");
      }, "connection refused"],
    ];
    for (const [answer, expected] of answers) {
      receiver.answer = answer;
      await stripe.customers.create();
      await local.controls.drain();
      const { data: [event] } = await stripe.events.list({ limit: 1 });
      const entry = await local.webhooks.entry(event?.id ?? "");
      assertEquals(entry?.deliveries[0]?.attempts[0]?.failure, expected);
    }
    assertEquals(receiver.received.length, answers.length);
  }));

Deno.test("a disabled or deleted endpoint gets no more events", () =>
  withStripe(async (standIn) => {
    const { stripe, local } = standIn;
    const receiver = await receive(standIn);
    await stripe.customers.create();
    const { endpointId } = receiver;
    await stripe.webhookEndpoints.update(endpointId, { disabled: true });
    await stripe.customers.create();
    await local.controls.drain();
    await stripe.webhookEndpoints.update(endpointId, { disabled: false });
    await stripe.customers.create();
    await stripe.webhookEndpoints.del(endpointId);
    await local.controls.drain();
    assertEquals(receiver.types(), []);
  }));

Deno.test("during a roll both secrets sign, for at most a day", () =>
  withStripe(async (standIn) => {
    const { stripe, local, clock } = standIn;
    const receiver = await receive(standIn);
    const old = receiver.secret;
    const next = await local.controls.rollSecret(
      receiver.endpointId,
      48 * 3_600_000,
    );
    const accepts = async (secret: string) => {
      const { body, headers } = receiver.received.at(-1) ?? {};
      const signature = headers?.get("Stripe-Signature") ?? "";
      const at = clock.nowMs;
      return await webhooks.constructEventAsync(
        body ?? "",
        signature,
        secret,
        300,
        undefined,
        at,
      ).then(() => true, () => false);
    };
    await stripe.customers.create();
    await local.controls.drain();
    assertEquals([await accepts(old), await accepts(next)], [true, true]);
    clock.nowMs += 25 * 3_600_000;
    await stripe.customers.create();
    await local.controls.drain();
    assertEquals([await accepts(old), await accepts(next)], [false, true]);
  }));

Deno.test("events caused by a delivery are delivered, but an endless cycle is an error", () =>
  withStripe(async (standIn) => {
    const { stripe, local } = standIn;
    const receiver = await receive(standIn);
    let left = 3;
    receiver.answer = async () => {
      if (left-- > 0) await stripe.customers.create();
      return new Response("ok");
    };
    await stripe.customers.create();
    await local.controls.drain();
    assertEquals(receiver.received.length, 4);
    left = Infinity;
    await stripe.customers.create();
    await assertRejects(() => local.controls.drain(), Error, "another event");
    assert(receiver.received.length < 300);
  }));
