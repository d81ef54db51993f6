import * as v from "valibot";
import { BillingError } from "@/lib/errors.ts";
import { INTERVALS, PACK_IDS, PAID_PLAN_IDS } from "@/lib/billing/plans.ts";
import {
  PLAIN_FLOWS,
  PORTAL_LOCALES,
  PORTAL_RETURNS,
  type PortalIntent,
} from "@/lib/billing/portal_flows.ts";

const locale = v.optional(v.picklist(PORTAL_LOCALES));
const return_to = v.optional(
  v.pipe(
    v.picklist(PORTAL_RETURNS),
    v.description(
      "The page that the portal returns to: `/organization#/plans`, `/account` or `/organization/details`",
    ),
  ),
);
const onlyWithPlan = v.optional(
  v.never(
    "plan and interval go together, with flow=subscription_update_confirm",
  ),
);

/**
 * The flow, locale and return page of a portal session. Ids and return URLs are
 * never read from a request. Two variants instead of a check, so the OpenAPI
 * document includes the rule.
 */
export const portalIntentSchema = v.variant("flow", [
  v.object({
    flow: v.literal("subscription_update_confirm"),
    plan: v.picklist(PAID_PLAN_IDS),
    interval: v.picklist(INTERVALS),
    locale,
    return_to,
  }),
  v.object({
    flow: v.optional(v.picklist(PLAIN_FLOWS)),
    plan: onlyWithPlan,
    interval: onlyWithPlan,
    locale,
    return_to,
  }),
]) satisfies v.GenericSchema<unknown, PortalIntent>;

/** A purchase: either a plan with its interval, or a pack of credits. */
export const checkoutSchema = v.union([
  v.object({
    plan: v.picklist(PAID_PLAN_IDS),
    interval: v.picklist(INTERVALS),
    credits: v.optional(v.never()),
  }),
  v.object({
    credits: v.picklist(PACK_IDS),
    plan: v.optional(v.never()),
    interval: v.optional(v.never()),
  }),
], "send a plan with its interval, or credits");

/** The maximum length of a page, as a query parameter: 1 to 100. */
export const pageLimit = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^(?:[1-9][0-9]?|100)$/, "a whole number from 1 to 100"),
    v.transform(Number),
    v.description("The maximum number of items, 1 to 100"),
  ),
  "20",
);

/** `GET /organization/change`: the query. */
export const changeSchema = v.object({
  plan: v.picklist(PAID_PLAN_IDS),
  interval: v.picklist(INTERVALS),
});

/**
 * Parses untrusted input with a schema.
 *
 * @throws {BillingError} `validation_error`, naming the first invalid field
 * but not its value.
 */
export function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw new BillingError("validation_error", explain(issue, path));
}

function explain(issue: v.BaseIssue<unknown>, path: string | null): string {
  const concernsRequest = issue.type === "union" && path === null;
  if (concernsRequest || ["check", "never"].includes(issue.type)) {
    return `Invalid request: ${issue.message}`;
  }
  if (path === null) return "Invalid request";
  if (issue.input === undefined) return `Missing ${path}`;
  return `Invalid ${path}: expected ${expectationOf(issue)}`;
}

const TYPE_NAMES: Record<string, string> = {
  string: "a string",
  number: "a number",
  Array: "a list",
};

/**
 * Puts Valibot's expectations into words. They are types and bounds, such as
 * `(("month" | "year") | undefined)` or `>=1`.
 */
function expectationOf(
  { type, message, expected, input }: v.BaseIssue<unknown>,
): string {
  if (["regex", "union"].includes(type)) return message;
  if (type.endsWith("integer")) return "a whole number";
  const [, sign, bound] = /^([<>])=(\d+)$/.exec(expected ?? "") ?? [];
  if (sign !== undefined) {
    const unit = typeof input === "string" ? "character" : "item";
    const counted = type.endsWith("length")
      ? ` ${unit}${bound === "1" ? "" : "s"}`
      : "";
    return `${sign === ">" ? "at least" : "at most"} ${bound}${counted}`;
  }
  const choices = (expected ?? "another value").replaceAll(/[()]/g, "")
    .split(" | ").filter((choice) => choice !== "undefined");
  return TYPE_NAMES[choices.join()] ?? choices.join(" or ");
}

/** Returns a URL's query as an object, like {@linkcode fieldsOf}. */
export function queryOf(url: URL): Record<string, string> {
  return fieldsOf(url.searchParams);
}

/** Returns the named headers as an object, without the missing ones. */
export function headersOf(
  { headers }: Request,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    names.filter((name) => headers.has(name))
      .map((name) => [name, headers.get(name) ?? ""]),
  );
}

/**
 * Returns the fields of a query or a form as an object.
 *
 * @throws {BillingError} `validation_error` for a name that is given twice, as
 * parsers disagree about which value applies.
 */
export function fieldsOf(fields: URLSearchParams): Record<string, string> {
  const object: Record<string, string> = {};
  for (const [name, value] of fields) {
    if (Object.hasOwn(object, name)) {
      throw new BillingError(
        "validation_error",
        "Invalid request: a field is given twice",
      );
    }
    object[name] = value;
  }
  return object;
}
