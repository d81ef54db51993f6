import { Random, seedOf } from "./random.ts";

export type PlanName = "pro" | "scale";
export type IntervalName = "month" | "year";

/** Test cards and bank accounts by their behavior. */
export const PAYMENTS = {
  visa: { number: "4242424242424242" },
  "3-D Secure card": { number: "4000000000003220" },
  "declined card": { number: "4000000000000002" },
  "card that fails later": { number: "4000000000000341" },
  "disputed card": { number: "4000000000000259" },
  "card with slow refunds": { number: "4000000000007726" },
  "card with failing refunds": { number: "4000000000005126" },
  "bank debit": { account: "000123456789" },
  "failing bank debit": { account: "000222222227" },
} as const;
export type PaymentName = keyof typeof PAYMENTS;

export type PortalAct =
  | { act: "change"; plan: PlanName; interval: IntervalName }
  | { act: "card"; card: PaymentName }
  | { act: "cancel" | "keep" | "drop" | "pause" | "resume" | "pay" };

const READ_PAGES = ["balance", "history", "organization", "account"] as const;

/** One thing that a user or the operator does. */
export type Action =
  | { do: "read"; page: typeof READ_PAGES[number] }
  | {
    do: "subscribe";
    plan: PlanName;
    interval: IntervalName;
    pays: PaymentName;
    returns: boolean;
  }
  | {
    do: "buy";
    pack: "small" | "medium" | "large";
    pays: PaymentName;
    returns: boolean;
  }
  | { do: "portal"; returns: boolean } & PortalAct
  | { do: "charge"; tokens: number; key: number; calls: number }
  | { do: "create key" | "revoke key" | "refresh" | "reconcile" | "import" }
  | { do: "subscribe at Stripe"; plan: PlanName; interval: IntervalName }
  | { do: "refund"; half: boolean }
  | { do: "answer dispute"; evidence: "winning" | "losing" }
  | { do: "delete customer" | "change prices" | "delete organization" };

export interface Step {
  id: number;
  /** Index of the organization. */
  org: number;
  /** Virtual time since the start; steps at the same time run concurrently. */
  atMs: number;
  action: Action;
  /** Without faults; the reduction of a failure tries this. */
  calm: boolean;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * Steps for each organization and day, on average. They make up nearly all of
 * a run's cost, and many short runs find more than few long ones.
 */
const STEPS_PER_DAY = 0.025;

/** The share of steps that repeat the step before them. */
const REPEATED_SHARE = 0.2;

/** At most this many organizations of a run do anything. */
const MAX_BUSY = 3;

/** The share of the busy organizations that are deleted. */
const DELETED_SHARE = 0.2;
/** The share of the busy organizations that subscribed before they came. */
const EXISTING_SHARE = 0.15;

/** Everything that happens in a run, in the order of time. */
export function stepsOf(
  seed: number,
  { organizations, days }: { organizations: number; days: number },
): Step[] {
  const random = new Random(seedOf(seed, 4));
  const busy = Array.from(
    { length: random.between(1, MAX_BUSY) },
    () => random.below(organizations),
  );
  const steps: Step[] = [];
  const bursts = Math.ceil(organizations * days * STEPS_PER_DAY / 2.5);
  for (let burst = 0; burst < bursts; burst++) {
    const org = busy[random.below(busy.length)] ?? 0;
    let atMs = random.below(days * DAY_MS);
    const length = random.weighted([[3, 1], [3, 2], [2, 4], [1, 5]]);
    let action = actionOf(random);
    for (let index = 0; index < length; index++) {
      const id = steps.length + 1;
      // Otherwise the same again, as with a double click or a second tab.
      if (!random.chance(REPEATED_SHARE)) action = actionOf(random);
      steps.push({ id, org, atMs, action, calm: false });
      // Steps of a burst run together, or within minutes.
      if (random.chance(0.6)) atMs += random.between(1, 15 * MINUTE_MS);
    }
  }
  for (const org of new Set(busy)) {
    const add = (atMs: number, action: Action) => {
      const id = steps.length + 1;
      steps.push({ id, org, atMs, action, calm: false });
    };
    const endMs = random.below(days * DAY_MS);
    if (random.chance(DELETED_SHARE)) add(endMs, { do: "delete organization" });
    const plan = random.pick<PlanName>(["pro", "scale"]);
    const interval = random.pick<IntervalName>(["month", "year"]);
    if (!random.chance(EXISTING_SHARE)) continue;
    add(0, { do: "subscribe at Stripe", plan, interval });
  }
  return steps.toSorted((a, b) => a.atMs - b.atMs || a.id - b.id);
}

/** Steps that request each route. */
export function warmUpSteps(): Step[] {
  const pays = "visa";
  const plan = { plan: "pro", interval: "month" } as const;
  const actions: Action[] = [
    ...READ_PAGES.map((page): Action => ({ do: "read", page })),
    { do: "subscribe", ...plan, pays, returns: true },
    { do: "buy", pack: "small", pays, returns: true },
    { do: "portal", act: "card", card: pays, returns: true },
    { do: "charge", tokens: 1, key: 1, calls: 1 },
    { do: "create key" },
    { do: "charge", tokens: 1, key: 2, calls: 1 },
    { do: "revoke key" },
    { do: "refresh" },
  ];
  return actions.map((action, index) => ({
    id: index + 1,
    org: 0,
    atMs: index * MINUTE_MS,
    action,
    calm: true,
  }));
}

function actionOf(random: Random): Action {
  const plan = () => random.pick<PlanName>(["pro", "scale"]);
  const interval = () => random.pick<IntervalName>(["month", "month", "year"]);
  const returns = random.chance(0.6);
  return random.weighted<() => Action>([
    [12, () => ({
      do: "read",
      page: random.weighted(
        [
          [10, "balance"],
          [2, "history"],
          [1, "organization"],
          [1, "account"],
        ] as const,
      ),
    })],
    [22, () => ({
      do: "subscribe",
      plan: plan(),
      interval: interval(),
      pays: random.weighted<PaymentName>([
        [10, "visa"],
        [2, "3-D Secure card"],
        [1, "declined card"],
        [3, "card that fails later"],
      ]),
      returns,
    })],
    [12, () => ({
      do: "buy",
      pack: random.pick(["small", "medium", "large"]),
      pays: random.weighted<PaymentName>([
        [6, "visa"],
        [1, "3-D Secure card"],
        [1, "declined card"],
        [3, "disputed card"],
        [2, "card with slow refunds"],
        [3, "card with failing refunds"],
        [2, "bank debit"],
        [2, "failing bank debit"],
      ]),
      returns,
    })],
    [16, () => ({ do: "portal", returns, ...portalAct(random) })],
    [14, () => ({
      do: "charge",
      tokens: random.pick([1, 90, 900, 6_000, 40_000]),
      key: random.below(1_000_000),
      calls: random.between(1, 3),
    })],
    [2, () => ({ do: "create key" })],
    [1, () => ({ do: "revoke key" })],
    [2, () => ({ do: "refresh" })],
    [8, () => ({ do: "refund", half: random.chance(0.4) })],
    [4, () => ({
      do: "answer dispute",
      evidence: random.pick(["winning", "losing"]),
    })],
    [2, () => ({ do: "reconcile" })],
    [1, () => ({ do: "import" })],
    [1, () => ({ do: "delete customer" })],
    [1, () => ({ do: "change prices" })],
  ])();
}

function portalAct(random: Random): PortalAct {
  return random.weighted<() => PortalAct>([
    [10, () => ({
      act: "change",
      plan: random.pick(["pro", "scale"]),
      interval: random.pick(["month", "year"]),
    })],
    [2, () => ({
      act: "card",
      card: random.pick(["visa", "card that fails later"]),
    })],
    [4, () => ({ act: "cancel" })],
    [2, () => ({ act: "keep" })],
    [1, () => ({ act: "drop" })],
    [2, () => ({ act: "pause" })],
    [2, () => ({ act: "resume" })],
    [1, () => ({ act: "pay" })],
  ])();
}
