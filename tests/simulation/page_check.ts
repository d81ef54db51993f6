import { broken } from "./shadow.ts";
import { customersOf, send } from "./users.ts";
import type { OrgLog, World } from "./world.ts";

interface Subscription {
  id: string;
  customer: string;
  status: string;
  created: number;
  cancel_at: number | null;
  ended_at: number | null;
  items: {
    data: {
      current_period_end: number;
      price: { id: string; product: string; recurring: { interval: string } };
    }[];
  };
}

const PAID = ["active", "trialing", "past_due"];
const ENDED = ["canceled", "incomplete_expired"];

/** The API and the pages show what Stripe has. */
export async function checkPages(world: World, org: OrgLog): Promise<void> {
  const answer = await send(world, org, "/api/v1/account/balance");
  if (answer?.status !== 200) {
    throw broken(`the balance of ${org.id} is ${answer?.status}`);
  }
  const balance = JSON.parse(answer.text);
  const expected = expectedBalance(world, org);
  const shown = Object.fromEntries(
    Object.keys(expected).map((name) => [name, balance[name]]),
  );
  if (JSON.stringify(shown) !== JSON.stringify(expected)) {
    throw broken(
      `${org.id} sees ${JSON.stringify(shown)}, expected ${
        JSON.stringify(expected)
      }`,
    );
  }
  if (org !== world.orgs[0]) return; // rendering takes most of the time
  const total = balance.tokens.total.toLocaleString("en-US");
  const page = await send(world, org, "/account");
  if (!page?.text.includes(total)) {
    throw broken(`the account page of ${org.id} does not show ${total} tokens`);
  }
}

function expectedBalance({ shadow, stripe }: World, org: OrgLog) {
  const customers = customersOf(stripe, org);
  const rank = ({ status }: Subscription) =>
    PAID.includes(status) ? 0 : ENDED.includes(status) ? 2 : 1;
  const [current] = stripe.all<Subscription>("subscription")
    .filter(({ customer }) => customers.includes(customer))
    .toSorted((a, b) => rank(a) - rank(b) || b.created - a.created);
  const item = current?.items.data[0];
  const isPaid = current !== undefined && PAID.includes(current.status);
  const plan = /^portico_plan_(\w+)$/.exec(item?.price.product ?? "")?.[1];
  return {
    plan: isPaid ? "paid" : "free",
    plan_id: isPaid ? plan ?? null : "free",
    interval: isPaid ? item?.price.recurring.interval ?? null : null,
    status: current?.status ?? null,
    cancel_at: timeOf(current && (current.ended_at ?? current.cancel_at)),
    current_period_end: timeOf(item?.current_period_end),
    has_customer: customers.some((id) =>
      shadow.get("organization", id) === org.id || isUsed(stripe, id)
    ),
  };
}

/** The app may have failed between creating a customer and linking it. */
function isUsed(stripe: World["stripe"], customer: string): boolean {
  return ["checkout.session", "subscription"].some((type) =>
    stripe.all<{ customer: string | null }>(type)
      .some((one) => one.customer === customer)
  );
}

function timeOf(sec: number | null | undefined): string | null {
  return sec ? new Date(sec * 1_000).toISOString() : null;
}
