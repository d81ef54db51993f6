import { assertEquals, assertRejects } from "@std/assert";
import { receive } from "./receiver.ts";
import { failureOf, withStripe } from "./local_stripe.ts";

Deno.test("sendAgain() delivers once, several times or later, without retries", () =>
  withStripe(async (standIn) => {
    const { stripe, local, clock } = standIn;
    const { controls } = local;
    const receiver = await receive(standIn);
    await stripe.customers.create();
    await controls.drain();
    const id = receiver.received[0]?.id ?? "";
    await controls.sendAgain(id);
    await controls.drain();
    assertEquals(receiver.received.length, 2);
    receiver.answer = () => new Response("no", { status: 500 });
    await controls.sendAgain(id, { times: 2 });
    await controls.sendAgain(id, { delayMs: 60_000 });
    await controls.drain();
    assertEquals(receiver.received.length, 4);
    clock.nowMs += 60_000;
    await controls.drain();
    assertEquals(receiver.received.length, 5);
    clock.nowMs += 24 * 3_600_000;
    await controls.drain();
    assertEquals(
      receiver.received.length,
      5,
      "what is sent by hand is not retried",
    );
    assertEquals(new Set(receiver.received.map((event) => event.id)).size, 1);
    const seen = await stripe.events.retrieve(id);
    assertEquals(seen.pending_webhooks, 0);
    await assertRejects(
      () => controls.sendAgain(id, { times: 11 }),
      RangeError,
    );
  }));

Deno.test("the API resends an event to one endpoint or all", () =>
  withStripe(async (standIn) => {
    const { stripe, local, call } = standIn;
    const receiver = await receive(standIn);
    await stripe.customers.create();
    await local.controls.drain();
    const path = `/v1/events/${receiver.received[0]?.id}/retry`;
    const bodies = ["", `webhook_endpoint=${receiver.endpointId}`];
    for (const body of bodies) {
      const answer = await call("POST", path, { body });
      assertEquals([answer.status, (await answer.json()).object], [
        200,
        "event",
      ]);
    }
    await local.controls.drain();
    assertEquals(receiver.received.length, 3);
    const wrong = await call("POST", path, {
      body: "webhook_endpoint=we_none",
    });
    assertEquals(wrong.status, 400);
    await wrong.body?.cancel();
  }));

Deno.test("held events are released oldest first or newest first", () =>
  withStripe(async (standIn) => {
    const { stripe, local } = standIn;
    const { controls } = local;
    const receiver = await receive(standIn, [
      "customer.created",
      "customer.updated",
      "customer.deleted",
    ]);
    for (const newestFirst of [false, true]) {
      receiver.received = [];
      await controls.hold();
      const { id } = await stripe.customers.create();
      await stripe.customers.update(id, { name: "New" });
      await stripe.customers.del(id);
      await controls.drain();
      assertEquals(receiver.types(), []);
      await controls.release({ newestFirst });
      const types = ["created", "updated", "deleted"].map((name) =>
        `customer.${name}`
      );
      assertEquals(receiver.types(), newestFirst ? types.reverse() : types);
    }
    assertEquals(await controls.holdState(), { held: false, swapNext: false });
  }));

Deno.test("swapNext() swaps only the next two events", () =>
  withStripe(async (standIn) => {
    const { stripe, local } = standIn;
    const { controls } = local;
    const receiver = await receive(standIn);
    await controls.swapNext();
    const { id } = await stripe.customers.create();
    await controls.drain();
    assertEquals(receiver.types(), []);
    await stripe.customers.update(id, { name: "New" });
    await controls.drain();
    await stripe.customers.del(id);
    await controls.drain();
    assertEquals(receiver.types(), [
      "customer.updated",
      "customer.created",
      "customer.deleted",
    ]);
  }));

Deno.test("sendOutOfOrder() sends the event, then the one before it", () =>
  withStripe(async (standIn) => {
    const { stripe, local } = standIn;
    const receiver = await receive(standIn);
    const { id } = await stripe.customers.create();
    await stripe.customers.update(id, { name: "New" });
    await local.controls.drain();
    const last = receiver.received.at(-1)?.id ?? "";
    receiver.received = [];
    await local.controls.sendOutOfOrder(last);
    await local.controls.drain();
    assertEquals(receiver.types(), ["customer.updated", "customer.created"]);
    const error = await failureOf(
      stripe.events.retrieve("evt_none"),
    );
    assertEquals(error.statusCode, 404);
  }));
