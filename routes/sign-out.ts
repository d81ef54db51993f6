import { seeOther } from "@/lib/auth/local_sign_in.ts";
import { requireSameOrigin } from "@/lib/auth/authenticate.ts";
import { BillingError } from "@/lib/errors.ts";
import { formHandler } from "@/lib/pages/page_handler.ts";
import { define } from "@/lib/state.ts";

/** Signs out of the local sign-in, or leads to the configured sign-out page. */
export const handler = define.handlers(
  formHandler(async ({ req, state: { services } }) => {
    const { config, sandbox } = services;
    const { signOutUrl } = config.auth;
    if (signOutUrl === null) throw new BillingError("not_found", "Not found");
    requireSameOrigin(req.headers, config.appUrl);
    const cookies = await sandbox?.identity?.signOut(req) ?? [];
    return seeOther(signOutUrl, cookies);
  }),
);
