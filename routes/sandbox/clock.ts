import { BillingError } from "@/lib/errors.ts";
import { seeOther } from "@/lib/auth/local_sign_in.ts";
import { formHandler } from "@/lib/pages/page_handler.ts";
import { requireSameOrigin } from "@/lib/auth/authenticate.ts";
import { readForm } from "@/lib/http/request.ts";
import {
  readChoice,
  requireSandboxEvents,
} from "@/lib/pages/sandbox_console.ts";
import { CLOCK_STEPS } from "@/lib/sandbox.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(
  formHandler(async ({ req, state: { services } }) => {
    const events = requireSandboxEvents(services);
    requireSameOrigin(req.headers, services.config.appUrl);
    const form = await readForm(req);
    const step = readChoice(form, "step", CLOCK_STEPS);
    if (await events.advanceClock(form.get("customer") ?? "", step)) {
      return seeOther("/sandbox#clocks");
    }
    throw new BillingError(
      "validation_error",
      "The step does not apply to this customer",
    );
  }),
);
