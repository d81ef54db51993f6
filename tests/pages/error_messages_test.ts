import { assertEquals } from "@std/assert";
import { errorMessageFor } from "@/components/layout/error_messages.ts";
import { BillingError } from "@/lib/errors.ts";
import { translator } from "@/lib/pages/translate.ts";
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
