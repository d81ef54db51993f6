import * as v from "valibot";
import { ENTRY_KINDS } from "@/lib/store/ledger_types.ts";
import { INTERVALS, PLANS } from "@/lib/billing/plans.ts";
import { SUBSCRIPTION_STATUSES } from "@/lib/store/subscriptions.ts";
import type { Balance } from "@/lib/wallet/wallet.ts";
import { pageLimit } from "./requests.ts";
import { time, whole } from "./responses.ts";

const DEFAULT_DESCRIPTION = "Usage";

/** `POST /api/v1/billing/charges`: the body. */
export const chargeSchema = v.object({
  tokens: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  description: v.optional(
    v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
    DEFAULT_DESCRIPTION,
  ),
});

/** `POST /api/v1/billing/charges`: the headers. */
export const idempotencySchema = v.object({
  "Idempotency-Key": v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
});

/** `POST /api/v1/billing/adjustments`: the body. */
export const adjustmentSchema = v.object({
  tokens: v.pipe(
    v.number(),
    v.safeInteger(),
    v.check((tokens) => tokens !== 0, "tokens must not be 0"),
    v.metadata({ not: { const: 0 } }),
  ),
  reason: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
});

const DAY_MS = 24 * 60 * 60 * 1000;
const DAY_LENGTH = "2026-08-03".length;

/** A day of the calendar, such as `2026-08-03`. */
export const isoDay = v.pipe(v.string(), v.isoDate(), v.check(isOnCalendar));

/**
 * Date.parse() takes February 30 for March 2, and does not read the offset
 * `+05`, which Valibot allows.
 */
function isOnCalendar(text: string): boolean {
  if (Number.isNaN(Date.parse(text))) return false;
  const day = text.slice(0, DAY_LENGTH);
  return new Date(day).toJSON()?.startsWith(day) ?? false;
}

/** A day in UTC or a time. */
const instant = v.union([
  isoDay,
  v.pipe(v.string(), v.isoTimestamp(), v.check(isOnCalendar)),
], "a date such as 2026-08-03, or a time in RFC 3339");

/** The filters of a ledger; times in milliseconds since the Unix epoch. */
const ledgerFilter = {
  kind: v.optional(v.picklist(ENTRY_KINDS)),
  from: v.optional(
    v.pipe(
      instant,
      v.description("Entries from this day or time on"),
      v.transform((text) => Date.parse(text)),
    ),
  ),
  to: v.optional(
    v.pipe(
      instant,
      v.description(
        "Entries up to and including this day, or before this time",
      ),
      v.transform((text) => Date.parse(text) + (isDay(text) ? DAY_MS : 0)),
    ),
  ),
};

function isDay(text: string): boolean {
  return text.length === DAY_LENGTH;
}

/** `GET /account/ledger.csv`: the query. */
export const ledgerFilterQuery = v.object(ledgerFilter);

/** `GET /api/v1/billing/history`: the query. */
export const historyQuery = v.object({
  limit: pageLimit,
  cursor: v.optional(v.pipe(v.string(), v.maxLength(64))),
  ...ledgerFilter,
});

const count = v.pipe(whole, v.minValue(0));

/**
 * An organization's plan and tokens. `plan_id` is null for a custom plan,
 * `interval` on the free plan, `status` without a subscription. `features` and
 * `limits` are the plan's entitlements; no entry in `limits` is no limit.
 */
export const balanceResponse = v.strictObject({
  plan: v.picklist(["free", "paid"]),
  plan_id: v.nullable(v.picklist(PLANS.map(({ id }) => id))),
  interval: v.nullable(v.picklist(INTERVALS)),
  status: v.nullable(v.picklist(SUBSCRIPTION_STATUSES)),
  cancel_at: v.nullable(time),
  current_period_end: v.nullable(time),
  tokens: v.strictObject({ total: count, granted: count, purchased: count }),
  has_customer: v.boolean(),
  features: v.array(v.string()),
  limits: v.record(v.string(), count),
}) satisfies v.GenericSchema<Balance>;

/** A ledger entry; `tokens` is negative for debits. */
const entryResponse = v.strictObject({
  id: v.string(),
  at: time,
  kind: v.picklist(ENTRY_KINDS),
  tokens: whole,
  balance: count,
  description: v.string(),
  source: v.string(),
});

/** A page of ledger entries, newest first; the last has no cursor. */
export const historyResponse = v.strictObject({
  items: v.array(entryResponse),
  next_cursor: v.nullable(v.string()),
});

/** A charge, made by this request or an earlier one with the same key. */
export const chargeResponse = v.strictObject({
  id: v.string(),
  tokens: v.pipe(whole, v.minValue(1)),
  balance: count,
});

/** An adjustment; `tokens` is the change that was made. */
export const adjustmentResponse = v.strictObject({
  id: v.string(),
  tokens: whole,
  balance: count,
});

/** The 402 of a charge: the shortfall, and where to buy tokens. */
export const shortfallResponse = v.strictObject({
  error: v.literal("insufficient_balance"),
  message: v.string(),
  balance: count,
  required: v.pipe(whole, v.minValue(1)),
  top_up_url: v.pipe(v.string(), v.url()),
  may_top_up: v.boolean(),
});
