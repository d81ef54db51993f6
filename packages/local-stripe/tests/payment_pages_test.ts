import { assertEquals } from "@std/assert";
import { errorOf, type StandIn, withStripe } from "./local_stripe.ts";

/** An open session for one item at 30 dollars, and a card to pay with. */
async function openSession({ stripe }: StandIn) {
  const price = await stripe.prices.create({
    currency: "usd",
    unit_amount: 3_000,
    product_data: { name: "Credits" },
  });
  const session = await stripe.checkout.sessions.create({
    mode: "payment",
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: "https://app.example/done",
  });
  const card = await stripe.paymentMethods.create({
    type: "card",
    card: { token: "tok_visa" },
    billing_details: { email: "jo@example.com", name: "Jo" },
  });
  return { session, path: `/v1/payment_pages/${session.id}`, card: card.id };
}

Deno.test("a Checkout session is paid through its payment page", () =>
  withStripe(async (standIn) => {
    const { stripe, call } = standIn;
    const { session, path, card } = await openSession(standIn);
    const page = await call("GET", path);
    assertEquals((await page.json()).status, "open");
    const body = `payment_method=${card}&expected_amount=3000`;
    const paid = await call("POST", `${path}/confirm`, { body });
    const { status, payment_status } = await paid.json();
    assertEquals([status, payment_status], ["complete", "paid"]);
    const { customer_details: payer } = await stripe.checkout.sessions
      .retrieve(session.id);
    assertEquals([payer?.email, payer?.name], ["jo@example.com", "Jo"]);
    const again = await call("POST", `${path}/confirm`, { body });
    assertEquals(again.status, 400);
    await again.body?.cancel();
  }));

Deno.test("a wrong amount, card or session is refused", () =>
  withStripe(async (standIn) => {
    const { stripe, call } = standIn;
    const { session, path, card } = await openSession(standIn);
    const refusals: [string, string, number, string][] = [
      [
        path,
        `payment_method=${card}&expected_amount=1`,
        400,
        "expected_amount",
      ],
      [path, "payment_method=pm_none", 400, "payment_method"],
      [path, "expected_amount=3000", 400, "payment_method"],
      ["/v1/payment_pages/cs_none", `payment_method=${card}`, 404, "id"],
    ];
    for (const [at, body, status, param] of refusals) {
      const response = await call("POST", `${at}/confirm`, { body });
      assertEquals(response.status, status, body);
      assertEquals((await errorOf(response))["param"], param);
    }
    const { status } = await stripe.checkout.sessions.retrieve(session.id);
    assertEquals(status, "open");
  }));
