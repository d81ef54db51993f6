import { countPage } from "@/lib/http/authenticate_request.ts";
import { seeOther } from "@/lib/auth/local_sign_in.ts";
import { formHandler } from "@/lib/pages/page_handler.ts";
import { refreshFromStripe } from "@/lib/pages/refresh.ts";
import { requireReader } from "@/lib/auth/permissions.ts";
import { authenticate } from "@/lib/auth/authenticate.ts";
import { isForm, readForm } from "@/lib/http/request.ts";
import { define } from "@/lib/state.ts";

/** "Check again with Stripe": what came of it is told by the page. */
export const handler = define.handlers(
  formHandler(async (ctx) => {
    const { req, state: { services } } = ctx;
    const principal = await authenticate(services, req);
    const orgId = requireReader(principal);
    await countPage(ctx, orgId);
    const fields = isForm(req) ? await readForm(req) : null;
    const outcome = await refreshFromStripe(services, orgId);
    return seeOther(
      fields?.get("page") === "account"
        ? `/account?check=${outcome}#content`
        : `/organization?check=${outcome}#/plans`,
    );
  }),
);
