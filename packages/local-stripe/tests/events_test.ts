import { assert, assertEquals, assertMatch } from "@std/assert";
import type Stripe from "stripe";
import { previousOf } from "../src/webhooks/event_emitter.ts";
import { failureOf, type StandIn, withStripe } from "./local_stripe.ts";

/** Types of all events, oldest first. */
async function typesOf({ stripe }: StandIn): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  return data.map(({ type }) => type).reverse();
}

Deno.test("an event has the type, time and request of the change", () =>
  withStripe(async ({ stripe, clock }) => {
    const customer = await stripe.customers.create({ name: "Acme" }, {
      idempotencyKey: "key-1",
    });
    const { data: [event] } = await stripe.events.list();
    assert(event);
    assertMatch(event.id, /^evt_\w{24}$/);
    assertEquals(event.object, "event");
    assertEquals(event.type, "customer.created");
    assertEquals(event.api_version, "2026-10-28.endive");
    assertEquals(event.created, Math.floor(clock.nowMs / 1_000));
    assertEquals(event.livemode, false);
    assertEquals(event.pending_webhooks, 0);
    assertEquals(event.request, {
      id: customer.lastResponse.requestId,
      idempotency_key: "key-1",
    });
    assertEquals(JSON.stringify(event.data.object), JSON.stringify(customer));
    const same = await stripe.events.retrieve(event.id);
    assertEquals(same.data, event.data);
  }));

Deno.test("an event keeps the object as it was at the time", () =>
  withStripe(async ({ stripe }) => {
    const { id } = await stripe.customers.create({ name: "Before" });
    await stripe.customers.update(id, { name: "After" });
    const { data } = await stripe.events.list({ type: "customer.created" });
    assertEquals((data[0]?.data.object as Stripe.Customer).name, "Before");
  }));

Deno.test("an update event has previous_attributes, and no change emits none", () =>
  withStripe(async ({ stripe }) => {
    const { id } = await stripe.customers.create({
      name: "Acme",
      metadata: { plan: "pro", seats: "3" },
    });
    await stripe.customers.update(id, { metadata: { plan: "", size: "s" } });
    await stripe.customers.update(id, { name: "Acme" });
    const { data } = await stripe.events.list({ type: "customer.updated" });
    const previous: unknown[] = data.map(({ data }) =>
      data.previous_attributes
    );
    assertEquals(previous, [{ metadata: { plan: "pro", size: null } }]);
  }));

Deno.test("previousOf() compares records by member and lists as one value", () => {
  const before = {
    a: 1,
    list: [1, 2],
    deep: { x: 1, y: { z: null } },
    same: 0,
  };
  const after = { a: 1, list: [1], deep: { x: 2, y: { z: 3 }, w: 4 }, same: 0 };
  assertEquals(previousOf(before, after), {
    list: [1, 2],
    deep: { x: 1, y: { z: null }, w: null },
  });
  assertEquals(previousOf(before, before), {});
});

Deno.test("changes of customers and payment methods emit events", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    const { id } = await stripe.customers.create({
      payment_method: "pm_card_visa",
      invoice_settings: { default_payment_method: "pm_card_visa" },
    });
    const [card] = (await stripe.customers.listPaymentMethods(id)).data;
    assert(card);
    await stripe.paymentMethods.update(card.id, { metadata: { a: "b" } });
    await stripe.customers.update(id, { name: "Acme" });
    await stripe.paymentMethods.detach(card.id);
    await stripe.customers.del(id);
    assertEquals(await typesOf(standIn), [
      "customer.created",
      "payment_method.attached",
      "payment_method.updated",
      "customer.updated",
      "customer.updated",
      "payment_method.detached",
      "customer.deleted",
    ]);
  }));

Deno.test("changes of products and prices emit events", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    const terms = { currency: "usd", unit_amount: 500 };
    const product = await stripe.products.create({
      name: "Pro",
      default_price_data: terms,
    });
    const old = await stripe.prices.create({
      ...terms,
      product: product.id,
      lookup_key: "pro",
    });
    await stripe.prices.create({
      ...terms,
      product: product.id,
      lookup_key: "pro",
      transfer_lookup_key: true,
    });
    await stripe.products.update(product.id, { description: "More" });
    await stripe.prices.update(old.id, { active: false });
    const other = await stripe.products.create({ name: "Other" });
    await stripe.products.del(other.id);
    assertEquals(await typesOf(standIn), [
      "product.created",
      "price.created",
      "price.created",
      "price.updated",
      "price.created",
      "product.updated",
      "price.updated",
      "product.created",
      "product.deleted",
    ]);
  }));

Deno.test("portal session events leave out the URL", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    const made = await stripe.billingPortal.configurations.create({
      features: { invoice_history: { enabled: true } },
    });
    await stripe.billingPortal.configurations.update(made.id, { name: "Main" });
    const { id: customer } = await stripe.customers.create();
    const session = await stripe.billingPortal.sessions.create({
      customer,
      return_url: "https://app.example/",
    });
    assertEquals(await typesOf(standIn), [
      "billing_portal.configuration.created",
      "billing_portal.configuration.updated",
      "customer.created",
      "billing_portal.session.created",
    ]);
    const { data: [event] } = await stripe.events.list({ limit: 1 });
    const object = event?.data.object as Stripe.BillingPortal.Session;
    assertEquals(object.id, session.id);
    const secret = session.url.split("/").at(-1) ?? "";
    assert(!JSON.stringify(event).includes(secret));
  }));

Deno.test("refused and replayed requests emit no events", () =>
  withStripe(async (standIn) => {
    const { stripe } = standIn;
    await failureOf(stripe.customers.create({ email: "nobody" }));
    const options = { idempotencyKey: "once" };
    await stripe.customers.create({ name: "Acme" }, options);
    await stripe.customers.create({ name: "Acme" }, options);
    assertEquals(await typesOf(standIn), ["customer.created"]);
  }));

Deno.test("events are listed newest first, by type, time and page", () =>
  withStripe(async ({ stripe, clock }) => {
    for (const name of ["a", "b", "c"]) {
      const { id } = await stripe.customers.create({ name });
      clock.nowMs += 60_000;
      await stripe.customers.update(id, { name: `${name}!` });
    }
    const all = await stripe.events.list().autoPagingToArray({ limit: 100 });
    assertEquals(all.length, 6);
    const first = await stripe.events.list({ limit: 2 });
    assertEquals(first.data.map(({ id }) => id), all.slice(0, 2).map(idOf));
    assert(first.has_more);
    const before = await stripe.events.list({ ending_before: idOf(all[2]) });
    assertEquals(before.data.map(idOf), all.slice(0, 2).map(idOf));
    const counts = await Promise.all([
      stripe.events.list({ type: "customer.created" }),
      stripe.events.list({ type: "customer.*" }),
      stripe.events.list({ types: ["customer.updated", "price.created"] }),
      stripe.events.list({ type: "customer.subscription.*" }),
      stripe.events.list({ created: { gte: all[1]?.created ?? 0 } }),
    ]);
    assertEquals(counts.map(({ data }) => data.length), [3, 6, 3, 0, 3]);
  }));

function idOf(event: Stripe.Event | undefined): string {
  return event?.id ?? "";
}

Deno.test("an unknown event, and type together with types, are refused", () =>
  withStripe(async ({ stripe }) => {
    const missing = await failureOf(stripe.events.retrieve("evt_none"));
    assertEquals(missing.statusCode, 404);
    assertEquals(missing.code, "resource_missing");
    const both = { type: "customer.created", types: ["price.created"] };
    const refused = await failureOf(stripe.events.list(both));
    assertEquals(refused.statusCode, 400);
    const tooMany = { types: Array.from({ length: 21 }, () => "a.b") };
    assertEquals(
      (await failureOf(stripe.events.list(tooMany))).statusCode,
      400,
    );
  }));
