import { assert, assertEquals, assertMatch } from "@std/assert";
import { errorMessageFor } from "@/components/layout/error_messages.ts";
import { BillingError } from "@/lib/errors.ts";
import { translator } from "@/lib/pages/translate.ts";
import { openTestApp } from "@/tests/helpers/app.ts";
import { visitPage } from "@/tests/helpers/pages.ts";
import { storeSubscription } from "@/tests/helpers/subscriptions.ts";
import { toHttpFailure } from "@/lib/http/error_responses.ts";

const CONTEXT = {
  t: translator("en-US"),
  signInUrl: "/sign-in",
  retryUrl: null,
};

function headingOf(error: BillingError): string {
  return errorMessageFor(error, toHttpFailure(error, "account"), CONTEXT)
    .heading;
}

Deno.test("errorMessageFor() recognizes a missing organization by its reason", () => {
  const missing = new BillingError("validation_error", "Reworded", {
    reason: "no_organization",
  });
  assertEquals(headingOf(missing), "Choose an organization first");
  const sameWords = new BillingError(
    "validation_error",
    "Organization ID is required",
  );
  assertEquals(headingOf(sameWords), "The request couldn't be completed");
});

Deno.test("a portal flow that is no longer possible leads to the current plan", async () => {
  await using app = await openTestApp();
  await storeSubscription(app);
  const path = "/api/v1/operations/payment/customer-portal" +
    "?flow=subscription_update_confirm&plan=pro&interval=month";
  const { response, text, links } = await visitPage(app, path);
  assertEquals(response.status, 400);
  assertMatch(text, /This change isn't available/);
  assertMatch(text, /the organization already has this plan/);
  assert(links.includes("/organization#/plans"));
  assert(!links.includes(path.split("?")[0] ?? ""));
});
