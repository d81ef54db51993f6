import { assertEquals, assertThrows } from "@std/assert";
import type * as v from "valibot";
import { newApiKeySchema } from "@/lib/http/schemas/api_keys.ts";
import {
  checkoutSchema,
  parse,
  portalIntentSchema,
} from "@/lib/http/schemas/requests.ts";
import { adjustmentSchema, chargeSchema } from "@/lib/http/schemas/wallet.ts";
import { BillingError } from "@/lib/errors.ts";

const FLOWS = [
  ...["subscription_update_confirm", "payment_method_update"],
  ...["customer_update", "subscription_update", "subscription_cancel"],
  "subscription_pause",
].map((flow) => `"${flow}"`).join(" or ");

const KEY = { name: "Build server", scopes: ["billing:read"] };

const MESSAGES: [v.GenericSchema, object, string][] = [
  [portalIntentSchema, { flow: "" }, `Invalid flow: expected ${FLOWS}`],
  [
    portalIntentSchema,
    { plan: "pro" },
    "Invalid request: plan and interval go together, with " +
    "flow=subscription_update_confirm",
  ],
  [
    checkoutSchema,
    { plan: "pro" },
    "Invalid request: send a plan with its interval, or credits",
  ],
  [chargeSchema, {}, "Missing tokens"],
  [chargeSchema, { tokens: 0 }, "Invalid tokens: expected at least 1"],
  [chargeSchema, { tokens: 1.5 }, "Invalid tokens: expected a whole number"],
  [chargeSchema, { tokens: "5" }, "Invalid tokens: expected a number"],
  [
    chargeSchema,
    { tokens: 1, description: "x".repeat(201) },
    "Invalid description: expected at most 200 characters",
  ],
  [
    adjustmentSchema,
    { tokens: 1, reason: " " },
    "Invalid reason: expected at least 1 character",
  ],
  [
    newApiKeySchema,
    { ...KEY, scopes: [] },
    "Invalid scopes: expected at least 1 item",
  ],
  [
    newApiKeySchema,
    { ...KEY, scopes: "billing:read" },
    "Invalid scopes: expected a list",
  ],
];

Deno.test("a refused field is named with the expected value in words", () => {
  for (const [schema, input, message] of MESSAGES) {
    const error = assertThrows(() => parse(schema, input), BillingError);
    assertEquals(error.message, message);
  }
});
