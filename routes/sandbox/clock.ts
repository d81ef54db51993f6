import { BillingError } from "@/lib/errors.ts";
import { seeOther } from "@/lib/local_sign_in.ts";
import { formHandler } from "@/lib/page_handler.ts";
import { requireSameOrigin } from "@/lib/principal.ts";
import { readForm } from "@/lib/request_body.ts";
import {
  CLOCK_STEPS,
  readChoice,
  requireSandboxEvents,
} from "@/lib/sandbox_events.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(
  formHandler(async ({ req, state: { services } }) => {
    const events = requireSandboxEvents(services);
    requireSameOrigin(req.headers, services.config.appUrl);
    const form = await readForm(req);
    const step = readChoice(form, "step", CLOCK_STEPS);
    if (await events.moveClock(form.get("customer") ?? "", step)) {
      return seeOther("/sandbox#clocks");
    }
    throw new BillingError("validation_error", "There is no such step in time");
  }),
);
