import { requireIdentity, seeOther } from "@/lib/auth/local_sign_in.ts";
import { formHandler } from "@/lib/pages/page_handler.ts";
import { requireSameOrigin } from "@/lib/auth/authenticate.ts";
import { define } from "@/lib/state.ts";

export const handler = define.handlers(
  formHandler(async ({ req, state: { services } }) => {
    const identity = requireIdentity(services);
    requireSameOrigin(req.headers, services.config.appUrl);
    return seeOther("/sign-in", await identity.signOut(req));
  }),
);
