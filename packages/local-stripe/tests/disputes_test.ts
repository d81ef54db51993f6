import { assert, assertEquals, assertMatch } from "@std/assert";
import type Stripe from "stripe";
import { receive } from "./receiver.ts";
import { checkoutOf, eventsOf, shop } from "./checkout_products.ts";
import { failureOf, withStripe } from "./local_stripe.ts";
import { type Billing, DAY, noon, withBilling } from "./billing_customer.ts";

/** A disputed payment of 2,900 cents. */
async function disputed(
  { card, customer, stripe, subscribe, told }: Billing,
  name = "createDispute",
): Promise<Stripe.Dispute> {
  await card(name);
  await told();
  await subscribe();
  const [charge] = (await stripe.charges.list({ customer })).data;
  assert(charge);
  const { data } = await stripe.disputes.list({ charge: charge.id });
  const [dispute] = data;
  assert(dispute);
  assertEquals(data.length, 1);
  return dispute;
}

function submit(
  { stripe }: Billing,
  { id }: Stripe.Dispute,
  uncategorized_text: string,
): Promise<Stripe.Dispute> {
  return stripe.disputes.update(id, { evidence: { uncategorized_text } });
}

const disputeTypes = (types: string[]) =>
  types.filter((type) => type.startsWith("charge.dispute."));

Deno.test("a dispute withdraws the funds of the charge", () =>
  withBilling(async (billing) => {
    const { stripe, told } = billing;
    const dispute = await disputed(billing);
    assertMatch(dispute.id, /^du_/);
    assertEquals(
      [dispute.status, dispute.reason, dispute.amount, dispute.currency],
      ["needs_response", "fraudulent", 2_900, "usd"],
    );
    assertEquals(dispute.evidence_details.due_by, noon(11, 10) - DAY / 2 - 1);
    const [withdrawal] = dispute.balance_transactions;
    assertEquals([withdrawal?.amount, withdrawal?.net], [-2_900, -4_400]);
    const types = await told();
    const at = types.indexOf("charge.succeeded");
    assertEquals(types.slice(at, at + 4), [
      "charge.succeeded",
      "charge.dispute.created",
      "charge.dispute.funds_withdrawn",
      "payment_intent.succeeded",
    ]);
    const expand = ["charge", "payment_intent"];
    const whole = await stripe.disputes.retrieve(dispute.id, { expand });
    assert(typeof whole.charge === "object");
    assert(typeof whole.payment_intent === "object");
    assertEquals([whole.charge.disputed, whole.charge.paid], [true, true]);
    assertEquals(whole.payment_intent?.status, "succeeded");
  }));

Deno.test("a product_not_received dispute has its reason and network code", () =>
  withBilling(async (billing) => {
    const dispute = await disputed(
      billing,
      "createDisputeProductNotReceived",
    );
    assertEquals(dispute.reason, "product_not_received");
    assertEquals(
      dispute.payment_method_details?.card?.network_reason_code,
      "13.1",
    );
    const { id } = await billing.stripe.paymentMethods.create({
      type: "card",
      card: { number: "4000000000002685", exp_month: 4, exp_year: 2030 },
    });
    await billing.stripe.paymentMethods.attach(id, {
      customer: billing.customer,
    });
    await billing.subscribe({ default_payment_method: id });
    const { data } = await billing.stripe.disputes.list();
    assertEquals(data.map(({ reason }) => reason), [
      "product_not_received",
      "product_not_received",
    ]);
  }));

Deno.test("winning evidence puts a dispute under review and reinstates the funds", () =>
  withBilling(async (billing) => {
    const { stripe, told } = billing;
    const dispute = await disputed(billing);
    await told();
    const asked = await submit(billing, dispute, "winning_evidence");
    assertEquals(asked.status, "under_review");
    assertEquals(asked.evidence.uncategorized_text, "winning_evidence");
    const { has_evidence, submission_count } = asked.evidence_details;
    assertEquals([has_evidence, submission_count], [true, 1]);
    const won = await stripe.disputes.retrieve(dispute.id);
    assertEquals([won.status, won.is_charge_refundable], ["won", true]);
    assertEquals(won.balance_transactions.map(({ net }) => net), [
      -4_400,
      2_900,
    ]);
    assertEquals(await told(), [
      "charge.dispute.updated",
      "charge.dispute.funds_reinstated",
      "charge.dispute.closed",
    ]);
    const charge = String(won.charge);
    assertEquals((await stripe.charges.retrieve(charge)).disputed, true);
    assertEquals((await stripe.refunds.create({ charge })).amount, 2_900);
  }));

Deno.test("losing evidence loses the dispute and reinstates nothing", () =>
  withBilling(async (billing) => {
    const { stripe, told } = billing;
    const dispute = await disputed(billing);
    await told();
    await submit(billing, dispute, "losing_evidence");
    const lost = await stripe.disputes.retrieve(dispute.id);
    assertEquals([lost.status, lost.is_charge_refundable], ["lost", false]);
    assertEquals(lost.balance_transactions.length, 1);
    assertEquals(await told(), [
      "charge.dispute.updated",
      "charge.dispute.closed",
    ]);
  }));

Deno.test("evidence can be staged, is submitted once and can stay under review", () =>
  withBilling(async (billing) => {
    const { stripe, until } = billing;
    const { id } = await disputed(billing);
    const staged = await stripe.disputes.update(id, {
      evidence: { product_description: "A plan", service_date: "1 November" },
      metadata: { case: "7" },
      submit: false,
    });
    assertEquals([staged.status, staged.metadata], [
      "needs_response",
      { case: "7" },
    ]);
    const cleared = await stripe.disputes.update(id, {
      evidence: { service_date: "" },
      submit: false,
    });
    assertEquals(cleared.evidence.product_description, "A plan");
    assertEquals(cleared.evidence.service_date, null);
    const noted = await stripe.disputes.update(id, { metadata: { by: "Ada" } });
    assertEquals([noted.status, noted.metadata], [
      "needs_response",
      { case: "7", by: "Ada" },
    ]);
    await stripe.disputes.update(id, { submit: true });
    await until(noon(11, 1) + 30 * DAY);
    const { status } = await stripe.disputes.retrieve(id);
    assertEquals(status, "under_review");
    const again = await failureOf(
      stripe.disputes.update(id, { evidence: { customer_name: "Ada" } }),
    );
    assertEquals([again.statusCode, again.type], [
      400,
      "StripeInvalidRequestError",
    ]);
  }));

Deno.test("a dispute without evidence is lost after its deadline", () =>
  withBilling(async (billing) => {
    const { stripe, until, told } = billing;
    const { id, evidence_details: { due_by } } = await disputed(billing);
    assert(due_by);
    await told();
    await until(due_by - 1);
    const open = await stripe.disputes.retrieve(id);
    assertEquals(open.status, "needs_response");
    await until(due_by);
    const lost = await stripe.disputes.retrieve(id);
    assertEquals([lost.status, lost.evidence_details.past_due], ["lost", true]);
    assertEquals(disputeTypes(await told()), ["charge.dispute.closed"]);
  }));

Deno.test("a dispute is closed once and then accepts no evidence", () =>
  withBilling(async (billing) => {
    const { stripe, told } = billing;
    const dispute = await disputed(billing);
    await told();
    const lost = await stripe.disputes.close(dispute.id);
    assertEquals(lost.status, "lost");
    assertEquals(await told(), ["charge.dispute.closed"]);
    const late = [
      stripe.disputes.close(dispute.id),
      submit(billing, dispute, "winning_evidence"),
    ];
    for (const refused of await Promise.all(late.map(failureOf))) {
      assertEquals(refused.statusCode, 400);
      assertEquals(refused.message, "This dispute is already closed");
    }
    const noted = await stripe.disputes.update(dispute.id, {
      metadata: { lesson: "learnt" },
    });
    assertEquals([noted.status, noted.metadata], ["lost", {
      lesson: "learnt",
    }]);
  }));

Deno.test("a disputed charge cannot be refunded", () =>
  withBilling(async (billing) => {
    const { stripe } = billing;
    const { id, charge, payment_intent } = await disputed(billing);
    for (const close of [() => stripe.disputes.close(id), null]) {
      const refused = await failureOf(
        stripe.refunds.create({ payment_intent: String(payment_intent) }),
      );
      assertEquals([refused.statusCode, refused.code], [
        400,
        "charge_disputed",
      ]);
      assertEquals(
        refused.message,
        `Charge ${charge} has been charged back; cannot issue a refund.`,
      );
      await close?.();
    }
  }));

Deno.test("disputes are listed by charge, payment and time, with pages", () =>
  withBilling(async (billing) => {
    const { stripe, clock } = billing;
    const first = await disputed(billing);
    clock.nowMs += DAY * 1_000;
    await billing.subscribe();
    const all = await stripe.disputes.list();
    const [second] = all.data;
    assert(second);
    assertEquals(all.data.map(({ id }) => id), [second.id, first.id]);
    const idsOf = async (params: Stripe.DisputeListParams) =>
      (await stripe.disputes.list(params)).data.map(({ id }) => id);
    const payment_intent = String(second.payment_intent);
    assertEquals(await idsOf({ payment_intent }), [second.id]);
    assertEquals(await idsOf({ charge: String(first.charge) }), [first.id]);
    const created = { gt: first.created };
    assertEquals(await idsOf({ created }), [second.id]);
    const page = await stripe.disputes.list({ limit: 1 });
    assertEquals([page.data[0]?.id, page.has_more], [second.id, true]);
    assertEquals(await idsOf({ starting_after: second.id }), [first.id]);
    assertEquals(await idsOf({ payment_intent: "pi_none" }), []);
    const nowhere = [
      stripe.disputes.list({ charge: "ch_none" }),
      stripe.disputes.retrieve("du_none"),
      stripe.disputes.close("du_none"),
    ];
    const refused = await Promise.all(nowhere.map(failureOf));
    assertEquals(refused.map(({ statusCode, code }) => [statusCode, code]), [
      [400, "resource_missing"],
      [404, "resource_missing"],
      [404, "resource_missing"],
    ]);
  }));

Deno.test("evidence that is not text is refused, and files are 501", () =>
  withBilling(async (billing) => {
    const { id } = await disputed(billing);
    const send = (body: string) =>
      billing.call("POST", `/v1/disputes/${id}`, { body });
    assertEquals((await send("evidence[colour]=red")).status, 400);
    assertEquals((await send("evidence[receipt]=file_1")).status, 501);
    assertEquals((await send("submit=perhaps")).status, 400);
    const long = "x".repeat(20_001);
    assertEquals((await send(`evidence[customer_name]=${long}`)).status, 400);
    const { status, evidence } = await billing.stripe.disputes.retrieve(id);
    assertEquals([status, evidence.customer_name], ["needs_response", null]);
  }));

Deno.test("a guest's Checkout payment can be disputed, with webhooks", () =>
  withStripe(async (standIn) => {
    const { local, stripe, visit } = standIn;
    const receiver = await receive(standIn, ["charge.dispute.closed"]);
    const { pack } = await shop(standIn);
    const { url } = await stripe.checkout.sessions.create(
      checkoutOf("payment", pack),
    );
    const paid = await visit(String(url), {
      email: "guest@example.com",
      number: "4000 0000 0000 0259",
      expiry: "04 / 30",
      cvc: "123",
      name: "A Guest",
      country: "GB",
    });
    assertEquals(paid.status, 303);
    const [dispute] = (await stripe.disputes.list()).data;
    assert(dispute);
    await stripe.disputes.update(dispute.id, {
      evidence: { uncategorized_text: "winning_evidence" },
    });
    const { data } = await stripe.disputes.list();
    assertEquals(data.map(({ status }) => status), ["won"]);
    await local.controls.drain();
    assertEquals(receiver.types(), ["charge.dispute.closed"]);
    const told = (await eventsOf(standIn)).map(({ type }) => type);
    assertEquals(
      told.filter((type) => type === "charge.dispute.closed").length,
      1,
    );
  }));
