/**
 * The expected state of an organization, from Stripe's objects and the
 * catalogue's numbers. Imports nothing of the app's billing or wallet.
 */

/** Tokens a month of each plan, and of each credit pack by its price. */
const PLAN_TOKENS: Record<string, number> = { pro: 50_000, scale: 500_000 };
const FREE_TOKENS = 1_000;
const PACK_TOKENS: Record<number, number> = {
  1_000: 10_000,
  5_000: 60_000,
  20_000: 300_000,
};

/** The part of Stripe's objects that the model reads. */
export interface StripeObjects {
  prices: {
    id: string;
    product: string;
    recurring: { interval: string } | null;
  }[];
  invoices: StripeInvoice[];
  sessions: {
    id: string;
    customer: string | null;
    mode: string;
    status: string;
    payment_status: string;
    payment_intent: string | null;
    amount_total: number;
  }[];
  refunds: Returned[];
  disputes: Returned[];
}

interface Returned {
  id: string;
  status: string;
  amount: number;
  payment_intent: string | null;
}

interface StripeInvoice {
  id: string;
  customer: string;
  status: string;
  created: number;
  lines: { data: StripeLine[] };
}

interface StripeLine {
  amount: number;
  period: { start: number; end: number };
  parent: {
    subscription_item_details?: LineParent | null;
    invoice_item_details?: LineParent | null;
  } | null;
  pricing: { price_details?: { price: string } } | null;
}

interface LineParent {
  proration: boolean;
  subscription: string | null;
}

/** A grant that a paid invoice or a month of a paid year causes. */
export interface ExpectedGrant {
  tokens: number;
  /** Tokens of earlier periods expire when this one begins. */
  periodStartMs: number;
  /** Adds to a period without beginning it. */
  inPeriod: boolean;
}

/** A line of a plan. */
export interface PlanLine {
  invoiceId: string;
  plan: string;
  interval: string;
  subscription: string;
  startMs: number;
  endMs: number;
  sign: number;
  proration: boolean;
}

/** The plan lines of an invoice. */
export function planLines(
  { prices }: StripeObjects,
  invoice: StripeInvoice,
): PlanLine[] {
  return invoice.lines.data.flatMap((line) => {
    const price = prices.find(({ id }) =>
      id === line.pricing?.price_details?.price
    );
    const plan = /^portico_plan_(\w+)$/.exec(price?.product ?? "")?.[1];
    const parent = line.parent?.subscription_item_details ??
      line.parent?.invoice_item_details;
    if (plan === undefined || !parent) return [];
    return [{
      invoiceId: invoice.id,
      plan,
      interval: price?.recurring?.interval ?? "",
      subscription: parent.subscription ?? "",
      startMs: line.period.start * 1_000,
      endMs: line.period.end * 1_000,
      sign: Math.sign(line.amount),
      proration: parent.proration,
    }];
  });
}

/** The grant of a paid invoice; null if it grants nothing. */
export function invoiceGrant(lines: readonly PlanLine[]): ExpectedGrant | null {
  const [newest] = lines.filter(({ proration }) => !proration)
    .toSorted((a, b) => b.startMs - a.startMs);
  if (newest !== undefined) {
    const tokens = PLAN_TOKENS[newest.plan] ?? 0;
    return { tokens, periodStartMs: newest.startMs, inPeriod: false };
  }
  const charged = lines.filter(({ sign }) => sign > 0)
    .toSorted((a, b) => tokensOf(b) - tokensOf(a))[0];
  if (charged === undefined || !lines.some(({ sign }) => sign < 0)) return null;
  const tokens = Math.round(
    lines.reduce((sum, line) => sum + line.sign * restOfMonth(line), 0),
  );
  if (tokens <= 0) return null;
  return { tokens, periodStartMs: charged.startMs, inPeriod: true };
}

function tokensOf({ plan }: PlanLine): number {
  return PLAN_TOKENS[plan] ?? 0;
}

/** The plan's tokens for the rest of the month in which the line begins. */
function restOfMonth(line: PlanLine): number {
  const { startMs, endMs } = monthOf(line);
  return tokensOf(line) * (endMs - line.startMs) / (endMs - startMs);
}

/** The month of the line's start; months are counted from the period's end. */
export function monthOf(
  { startMs, endMs }: Pick<PlanLine, "startMs" | "endMs">,
): { startMs: number; endMs: number } {
  for (let back = 1;; back++) {
    const monthMs = monthsLater(endMs, 0 - back);
    if (monthMs <= startMs) {
      return { startMs: monthMs, endMs: monthsLater(endMs, 1 - back) };
    }
  }
}

/** The same day of another month, or that month's last day. */
export function monthsLater(timeMs: number, months: number): number {
  const date = new Date(timeMs);
  const first = new Date(Date.UTC(
    date.getUTCFullYear(),
    date.getUTCMonth() + months,
  ));
  const last = new Date(Date.UTC(
    first.getUTCFullYear(),
    first.getUTCMonth() + 1,
    0,
  )).getUTCDate();
  const day = Math.min(date.getUTCDate(), last) - 1;
  return first.getTime() + day * DAY_MS + timeMs % DAY_MS;
}

const DAY_MS = 24 * 3_600_000;

/** The grant of a calendar month on the free plan: `2026-12`. */
export function freeGrant(month: string): ExpectedGrant {
  const periodStartMs = Date.parse(`${month}-01T00:00:00Z`);
  return { tokens: FREE_TOKENS, periodStartMs, inPeriod: false };
}

/**
 * The grant of a later month of a paid year. The invoice of a change
 * within the month adds the difference.
 *
 * @param lines All plan lines of the subscription.
 */
export function yearlyGrant(
  lines: readonly PlanLine[],
  periodStartMs: number,
): ExpectedGrant {
  const atStart = lines
    .filter(({ startMs, endMs, interval, sign }) =>
      interval === "year" && sign >= 0 && startMs <= periodStartMs &&
      endMs > periodStartMs
    )
    .toSorted((a, b) =>
      // A change in the period's first second replaces its own line.
      b.startMs - a.startMs || Number(b.proration) - Number(a.proration)
    )[0];
  const tokens = atStart === undefined ? 0 : tokensOf(atStart);
  return { tokens, periodStartMs, inPeriod: false };
}

/** Tokens of the paid packs, by session. */
export function purchases(
  { sessions }: StripeObjects,
  customers: readonly string[],
): Map<string, number> {
  const paid = sessions.filter(({ customer, mode, status, payment_status }) =>
    customers.includes(customer ?? "") && mode === "payment" &&
    status === "complete" && payment_status !== "unpaid"
  );
  return new Map(
    paid.map(({ id, amount_total: amount }) => [id, PACK_TOKENS[amount] ?? 0]),
  );
}

/** The effect of a refund or a dispute on the purchased tokens. */
export interface ExpectedReversal {
  source: string;
  /** Tokens of the returned money; fewer are taken if fewer are left. */
  tokens: number;
  state: "taken" | "restored" | "undecided";
}

/** The refunds and disputes of the sessions. */
export function reversals(
  objects: StripeObjects,
  bought: ReadonlyMap<string, number>,
): ExpectedReversal[] {
  const of = (prefix: string, returned: Returned[]) =>
    returned.flatMap(({ id, amount, payment_intent: intent, status }) => {
      const session = objects.sessions.find((one) =>
        one.payment_intent === intent && bought.has(one.id)
      );
      if (session === undefined || intent === null) return [];
      const all = bought.get(session.id) ?? 0;
      const tokens = Math.floor(all * amount / session.amount_total);
      return [{ source: `${prefix}:${id}`, tokens, state: stateOf(status) }];
    });
  return [
    ...of("refund", objects.refunds),
    ...of("dispute", objects.disputes),
  ];
}

function stateOf(status: string): ExpectedReversal["state"] {
  if (status === "succeeded" || status === "lost") return "taken";
  return ["failed", "canceled", "won"].includes(status)
    ? "restored"
    : "undecided";
}

/** Granted tokens by the period they belong to, and the purchased ones. */
export class ModelWallet {
  purchased = 0;
  /** The tokens that each refund or dispute has taken. */
  readonly taken = new Map<string, number>();
  #newestMs = 0;
  #lots: { startMs: number; tokens: number }[] = [];

  get granted(): number {
    return this.#lots.reduce((sum, { tokens }) => sum + tokens, 0);
  }

  /** @returns The tokens that expire by it. */
  grant({ tokens, periodStartMs, inPeriod }: ExpectedGrant): number {
    if (!inPeriod) this.#newestMs = Math.max(this.#newestMs, periodStartMs);
    this.#lots.push({ startMs: periodStartMs, tokens });
    this.#lots.sort((a, b) => a.startMs - b.startMs);
    const before = this.granted;
    this.#lots = this.#lots.filter(({ startMs }) => startMs >= this.#newestMs);
    return before - this.granted;
  }

  /** Spends the tokens that expire first, then purchased ones. */
  charge(tokens: number): void {
    let owed = tokens;
    for (const lot of this.#lots) {
      const spent = Math.min(owed, lot.tokens);
      lot.tokens -= spent;
      owed -= spent;
    }
    this.purchased -= owed;
  }
}
