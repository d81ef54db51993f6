import { assertEquals } from "@std/assert";
import { billingAlert } from "@/lib/pages/billing_alerts.ts";
import {
  currentPlanId,
  type PlanAction,
  planAction,
} from "@/lib/pages/plan_actions.ts";
import {
  findPlan,
  INTERVALS,
  lookupKeyOf,
  PAID_PLAN_IDS,
  type Prices,
} from "@/lib/billing/plans.ts";
import type { Subscription } from "@/lib/store/subscriptions.ts";
import {
  DAY_MS,
  SCALE_PRICE,
  storedSubscription,
} from "@/tests/helpers/subscriptions.ts";
import { NOW_MS } from "@/tests/helpers/tokens.ts";

const AMOUNTS = {
  pro: { month: 2_900, year: 29_000 },
  scale: { month: 9_900, year: 99_000 },
};

const PRICES: Prices = new Map(
  PAID_PLAN_IDS.flatMap((plan) =>
    INTERVALS.map((interval) => {
      const lookupKey = lookupKeyOf({ plan, interval });
      return [lookupKey, {
        id: `price_${lookupKey}`,
        productId: `prod_${plan}`,
        amountMinor: AMOUNTS[plan][interval],
        currency: "usd",
        interval,
      }] as const;
    })
  ),
);

/** The action of each plan, monthly and yearly. */
function offers(subscription: Subscription | null) {
  const offer = (id: string, interval: "month" | "year"): PlanAction => {
    const plan = findPlan(id);
    if (plan === undefined) throw new Error(`There is no plan ${id}`);
    return planAction(subscription, { plan, interval, prices: PRICES });
  };
  return {
    free: offer("free", "month"),
    proMonth: offer("pro", "month"),
    proYear: offer("pro", "year"),
    scaleMonth: offer("scale", "month"),
    scaleYear: offer("scale", "year"),
  };
}

const NOW: PlanAction = { kind: "change", timing: "now" };
const LATER: PlanAction = { kind: "change", timing: "period_end" };
const CURRENT: PlanAction = { kind: "current" };
const CANCEL: PlanAction = { kind: "cancel" };

function none(obstacle: Extract<PlanAction, { kind: "none" }>["obstacle"]) {
  return {
    proYear: { kind: "none", obstacle } as const,
    scaleMonth: { kind: "none", obstacle } as const,
    scaleYear: { kind: "none", obstacle } as const,
  };
}

function subscribe(trialDays: number) {
  const offer: PlanAction = { kind: "subscribe", trialDays };
  const scale: PlanAction = { kind: "subscribe", trialDays: 0 };
  return {
    proMonth: offer,
    proYear: offer,
    scaleMonth: scale,
    scaleYear: scale,
  };
}

Deno.test("planAction() offers a trial to a new customer", () => {
  assertEquals(offers(null), { free: CURRENT, ...subscribe(14) });
  assertEquals(currentPlanId(null), "free");
});

Deno.test("planAction() offers nothing to buy whose price is unknown", () => {
  const unknown: PlanAction = { kind: "none", obstacle: "prices_unknown" };
  const pro = findPlan("pro");
  const scale = findPlan("scale");
  if (!pro || !scale) throw new Error("The catalogue has no such plans");
  const monthly = new Map([...PRICES].filter(([key]) => key === "pro_month"));
  const action = (plan: typeof pro, interval: "month" | "year") => ({
    new: planAction(null, { plan, interval, prices: monthly }),
    pro: planAction(storedSubscription(), { plan, interval, prices: monthly }),
  });
  const trial: PlanAction = { kind: "subscribe", trialDays: pro.trialDays };
  assertEquals(action(pro, "month"), { new: trial, pro: CURRENT });
  assertEquals(action(pro, "year"), { new: unknown, pro: unknown });
  assertEquals(action(scale, "month"), { new: unknown, pro: unknown });
});

Deno.test("planAction() offers no second trial after a subscription has ended", () => {
  for (const status of ["canceled", "incomplete_expired"] as const) {
    const ended = storedSubscription({ status, cancelAtMs: NOW_MS - DAY_MS });
    assertEquals(offers(ended), { free: CURRENT, ...subscribe(0) });
    assertEquals(currentPlanId(ended), "free");
  }
});

Deno.test("planAction() offers to finish an incomplete payment", () => {
  const subscription = storedSubscription({ status: "incomplete" });
  assertEquals(offers(subscription), {
    free: CURRENT,
    proMonth: { kind: "finish_payment" },
    ...none("payment_unfinished"),
  });
  assertEquals(currentPlanId(subscription), "free");
});

Deno.test("planAction() marks the current plan and offers the others", () => {
  for (const status of ["active", "trialing"] as const) {
    const subscription = storedSubscription({ status });
    assertEquals(offers(subscription), {
      free: CANCEL,
      proMonth: CURRENT,
      proYear: NOW,
      scaleMonth: NOW,
      scaleYear: NOW,
    });
    assertEquals(currentPlanId(subscription), "pro");
  }
});

Deno.test("planAction() schedules a downgrade or a shorter interval", () => {
  const scale = storedSubscription({
    plan: "scale",
    interval: "year",
    price: { ...SCALE_PRICE, amountMinor: 99_000 },
  });
  assertEquals(offers(scale), {
    free: CANCEL,
    proMonth: LATER,
    proYear: LATER,
    scaleMonth: LATER,
    scaleYear: CURRENT,
  });
  const monthly = storedSubscription({ plan: "scale", price: SCALE_PRICE });
  assertEquals(offers(monthly).proMonth, LATER);
  assertEquals(offers(monthly).proYear, NOW);
  const trial = storedSubscription({ ...monthly, status: "trialing" });
  assertEquals(offers(trial).proMonth, NOW);
  const euros = { ...SCALE_PRICE, currency: "eur" };
  const foreign = storedSubscription({ plan: "scale", price: euros });
  assertEquals(offers(foreign).proMonth, NOW);
});

Deno.test("planAction() offers to keep a plan that is set to end", () => {
  const cancelAtMs = NOW_MS + 20 * DAY_MS;
  assertEquals(offers(storedSubscription({ cancelAtMs })), {
    free: { kind: "starts", atMs: cancelAtMs },
    proMonth: { kind: "keep", endsAtMs: cancelAtMs },
    ...none("ending"),
  });
});

Deno.test("planAction() shows a scheduled change and allows no second one", () => {
  const atMs = NOW_MS + 20 * DAY_MS;
  const scheduled = { plan: "pro", interval: "month", atMs } as const;
  const subscription = storedSubscription({
    plan: "scale",
    price: SCALE_PRICE,
    scheduled,
  });
  const obstacle = { kind: "none", obstacle: "change_scheduled" } as const;
  assertEquals(offers(subscription), {
    free: obstacle,
    proMonth: { kind: "starts", atMs },
    proYear: obstacle,
    scaleMonth: { kind: "undo", changesAtMs: atMs },
    scaleYear: obstacle,
  });
});

Deno.test("planAction() requires a failed payment to be fixed first", () => {
  for (const status of ["past_due", "unpaid"] as const) {
    const subscription = storedSubscription({ status });
    assertEquals(offers(subscription), {
      free: CANCEL,
      proMonth: { kind: "fix_payment" },
      ...none("payment_failed"),
    });
    assertEquals(currentPlanId(subscription), "pro");
  }
});

Deno.test("planAction() offers to resume a paused plan", () => {
  assertEquals(offers(storedSubscription({ status: "paused" })), {
    free: CANCEL,
    proMonth: { kind: "resume" },
    ...none("paused"),
  });
});

Deno.test("planAction() offers no action for a custom plan", () => {
  const subscription = storedSubscription({ plan: null, interval: null });
  const obstacle = { kind: "none", obstacle: "custom_plan" } as const;
  assertEquals(offers(subscription), {
    free: CANCEL,
    proMonth: obstacle,
    ...none("custom_plan"),
  });
  assertEquals(currentPlanId(subscription), null);
});

Deno.test("billingAlert() lists only required actions", () => {
  const kind = (members: Partial<Subscription>) =>
    billingAlert(storedSubscription(members), NOW_MS)?.kind ?? null;
  assertEquals(billingAlert(null, NOW_MS), null);
  assertEquals(kind({ status: "active" }), null);
  assertEquals(kind({ status: "canceled" }), null);
  assertEquals(kind({ status: "incomplete_expired" }), null);
  assertEquals(kind({ status: "incomplete" }), "payment_unfinished");
  assertEquals(kind({ status: "past_due" }), "payment_failed");
  assertEquals(kind({ status: "unpaid" }), "payment_given_up");
  assertEquals(kind({ status: "paused" }), "paused");
});

Deno.test("billingAlert() shows a trial in its last seven days", () => {
  const banner = (days: number, members: Partial<Subscription> = {}) =>
    billingAlert(
      storedSubscription({
        status: "trialing",
        trialEndMs: NOW_MS + days * DAY_MS,
        ...members,
      }),
      NOW_MS,
    );
  assertEquals(banner(7.1), null);
  const atMs = NOW_MS + 7 * DAY_MS;
  assertEquals(banner(7), { kind: "trial_ends", atMs, continues: true });
  assertEquals(banner(7, { cancelAtMs: atMs }), {
    kind: "trial_ends",
    atMs,
    continues: false,
  });
});
