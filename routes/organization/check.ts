import { authenticate } from "@/lib/auth/authenticate.ts";
import { seeOther } from "@/lib/auth/local_sign_in.ts";
import { requireReader } from "@/lib/auth/permissions.ts";
import { refreshFromStripe, type RefreshOutcome } from "@/lib/pages/refresh.ts";
import { isForm, readForm } from "@/lib/http/request.ts";
import { formHandler, limitPage } from "@/lib/pages/page_handler.ts";
import { define } from "@/lib/state.ts";

/** Refreshes the subscription from Stripe; the page shows the outcome. */
export const handler = define.handlers(
  formHandler(async (ctx) => {
    const { req, state: { services } } = ctx;
    const orgId = requireReader(await authenticate(services, req));
    return await limitPage(ctx, orgId, async () => {
      const fields = isForm(req) ? await readForm(req) : null;
      const outcome = await refreshFromStripe(services, orgId);
      return seeOther(returnPath(fields?.get("page"), outcome));
    });
  }),
);

function returnPath(
  page: string | null | undefined,
  outcome: RefreshOutcome,
): string {
  const query = `?check=${outcome}`;
  switch (page) {
    case "account":
      return `/account${query}#content`;
    case "usage":
      return `/organization/usage${query}#content`;
    default:
      return `/organization${query}#/plans`;
  }
}
