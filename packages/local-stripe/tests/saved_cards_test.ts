import { assert, assertEquals } from "@std/assert";
import type Stripe from "stripe";
import { checkoutOf, PAYER, shop } from "./checkout_products.ts";
import { customer } from "./portal_customer.ts";
import { type StandIn, withStripe } from "./local_stripe.ts";

/** A customer with a card of each `allow_redisplay`, and sessions for a pack. */
async function prepared(standIn: StandIn) {
  const { stripe } = standIn;
  const { id, cards } = await customer(standIn);
  const save = async (
    name: string,
    allow_redisplay: "always" | "limited" | "unspecified",
  ) => {
    const card = await stripe.paymentMethods.attach(`pm_card_${name}`, {
      customer: id,
    });
    await stripe.paymentMethods.update(card.id, { allow_redisplay });
    return card.id;
  };
  const { pack } = await shop(standIn);
  return {
    id,
    cards,
    always: await save("visa", "always"),
    limited: await save("mastercard", "limited"),
    hidden: await save("amex", "unspecified"),
    save,
    open: (
      saved_payment_method_options?: Stripe.Checkout.SessionCreateParams[
        "saved_payment_method_options"
      ],
    ) =>
      stripe.checkout.sessions.create(checkoutOf("payment", pack, {
        customer: id,
        ...(saved_payment_method_options && { saved_payment_method_options }),
      })),
  };
}

Deno.test("Checkout offers the saved cards whose allow_redisplay passes the filters", () =>
  withStripe(async (standIn) => {
    const { always, limited, hidden, open } = await prepared(standIn);
    const shown = async (session: Stripe.Checkout.Session) => {
      const page = await (await standIn.visit(String(session.url))).text();
      return [always, limited, hidden].map((id) => page.includes(id));
    };
    const session = await open();
    assertEquals(session.saved_payment_method_options, {
      allow_redisplay_filters: ["always"],
      payment_method_remove: "disabled",
      payment_method_save: null,
    });
    assertEquals(await shown(session), [true, false, false]);
    const both = await open({
      allow_redisplay_filters: ["always", "limited"],
    });
    assertEquals(await shown(both), [true, true, false]);
    const page = await (await standIn.visit(String(both.url))).text();
    assert(page.includes("Mastercard •••• 4444"));
    assert(page.includes("a@example.com"));
    assert(!page.includes('name="email"'));
  }));

Deno.test("a saved card pays without being entered, and stays the customer's", () =>
  withStripe(async (standIn) => {
    const { stripe, visit } = standIn;
    const { always, cards, hidden, open } = await prepared(standIn);
    const session = await open();
    const url = String(session.url);
    // A card that is not offered does not pay.
    assertEquals((await visit(url, { method: hidden })).status, 422);
    assertEquals((await visit(url, { method: always })).status, 303);
    const { payment_intent: intent, payment_status } = await stripe.checkout
      .sessions.retrieve(session.id, { expand: ["payment_intent"] });
    assertEquals(payment_status, "paid");
    assertEquals(Object(intent).payment_method, always);
    assertEquals((await cards()).length, 3);
  }));

Deno.test("a saved card that asks its bank pays after the bank's page", () =>
  withStripe(async (standIn) => {
    const { stripe, visit } = standIn;
    const { open, save } = await prepared(standIn);
    const asking = await save("authenticationRequired", "always");
    const session = await open();
    const url = String(session.url);
    const asked = await visit(url, { method: asking });
    assert(asked.headers.get("location")?.endsWith("/verify"));
    const paid = await visit(`${url}/verify`, { outcome: "complete" });
    assertEquals(paid.status, 303);
    const { status } = await stripe.checkout.sessions.retrieve(session.id);
    assertEquals(status, "complete");
  }));

Deno.test("a saved card that was detached in the meantime does not pay", () =>
  withStripe(async (standIn) => {
    const { stripe, visit } = standIn;
    const { open, save } = await prepared(standIn);
    const asking = await save("authenticationRequired", "always");
    const session = await open();
    const url = String(session.url);
    await visit(url, { method: asking });
    await stripe.paymentMethods.detach(asking);
    await visit(`${url}/verify`, { outcome: "complete" });
    const { status } = await stripe.checkout.sessions.retrieve(session.id);
    assertEquals(status, "open");
  }));

Deno.test("a new card is saved for redisplay if the customer ticks the box", () =>
  withStripe(async (standIn) => {
    const { visit } = standIn;
    const { cards, open } = await prepared(standIn);
    const pay = async (
      form: Record<string, string>,
      options?: Parameters<typeof open>[0],
    ) => {
      const { url } = await open(options);
      await visit(String(url), { ...PAYER, method: "card", ...form });
      return (await cards()).map((card) => card.allow_redisplay);
    };
    const before = (await cards()).length;
    // Without the box on the page, a forged field saves nothing.
    assertEquals((await pay({ save: "yes" })).length, before);
    const offered = { payment_method_save: "enabled" } as const;
    assertEquals((await pay({}, offered)).length, before);
    const after = await pay({ save: "yes" }, offered);
    assertEquals([after.length, after[0]], [before + 1, "always"]);
  }));

Deno.test("a subscription's card is limited, unless the session says otherwise", () =>
  withStripe(async (standIn) => {
    const { stripe, visit } = standIn;
    const { month } = await shop(standIn);
    const redisplayOf = async (
      more: Stripe.Checkout.SessionCreateParams,
      form: Record<string, string> = {},
    ) => {
      const { cards, id } = await customer(standIn);
      const { url } = await stripe.checkout.sessions.create(
        checkoutOf("subscription", month, { customer: id, ...more }),
      );
      await visit(String(url), { ...PAYER, ...form });
      return (await cards()).map((card) => card.allow_redisplay);
    };
    assertEquals(await redisplayOf({}), ["limited"]);
    const options = { payment_method_save: "enabled" } as const;
    assertEquals(
      await redisplayOf({ saved_payment_method_options: options }, {
        save: "yes",
      }),
      ["always"],
    );
    assertEquals(
      await redisplayOf({
        payment_method_data: { allow_redisplay: "unspecified" },
      }),
      ["unspecified"],
    );
  }));
