import * as v from "valibot";
import { BillingError } from "@/lib/errors.ts";
import { INTERVALS, PACK_IDS, PAID_PLAN_IDS } from "@/lib/billing/plans.ts";
import {
  PLAIN_FLOWS,
  PORTAL_LOCALES,
  type PortalIntent,
} from "@/lib/billing/portal_flows.ts";

const locale = v.optional(v.picklist(PORTAL_LOCALES));
const onlyWithPlan = v.optional(
  v.never(
    "plan and interval go together, with flow=subscription_update_confirm",
  ),
);

/**
 * What a caller may say of a portal visit. It names an intent only: ids and
 * addresses are the server's own, and fields of other names are not read.
 * Two shapes, not one with a check, so that the OpenAPI document has the rule.
 */
export const portalIntentSchema = v.variant("flow", [
  v.object({
    flow: v.literal("subscription_update_confirm"),
    plan: v.picklist(PAID_PLAN_IDS),
    interval: v.picklist(INTERVALS),
    locale,
  }),
  v.object({
    flow: v.optional(v.picklist(PLAIN_FLOWS)),
    plan: onlyWithPlan,
    interval: onlyWithPlan,
    locale,
  }),
]) satisfies v.GenericSchema<unknown, PortalIntent>;

/**
 * What somebody wants to pay for: a plan with its interval, or a pack of
 * credits. Both at once is neither.
 */
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

/** Which plan the page of a change is about. */
export const changeSchema = v.object({
  plan: v.picklist(PAID_PLAN_IDS),
  interval: v.picklist(INTERVALS),
});

/**
 * Checks what came from outside against a schema.
 *
 * @throws {BillingError} `validation_error`, naming the first field at fault;
 * never its value, which may be anything.
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
  if (["check", "never", "union"].includes(issue.type)) {
    return `Invalid request: ${issue.message}`;
  }
  if (path === null) return "Invalid request";
  if (issue.input === undefined) return `Missing ${path}`;
  const expected = issue.type === "regex" ? issue.message : issue.expected;
  return `Invalid ${path}: expected ${inWords(expected ?? "another value")}`;
}

/** Valibot writes choices as types: `("month" | "year")`. */
function inWords(expected: string): string {
  return expected.replace(/^\((.*)\)$/, "$1").replaceAll(" | ", " or ");
}

/** The query as an object for a schema, as {@linkcode fieldsOf} has it. */
export function queryOf(url: URL): Record<string, string> {
  return fieldsOf(url.searchParams);
}

/** The named headers as an object for a schema, without the missing ones. */
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
 * The fields of a query or a form as an object for a schema.
 *
 * @throws {BillingError} `validation_error` for a name that is given twice:
 * which one would count is anybody's guess.
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
