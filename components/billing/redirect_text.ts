import { translator } from "@/lib/pages/translate.ts";
import type { RedirectText } from "./use_stripe_redirect.ts";

/**
 * Returns the text of a button that opens Stripe. Islands get it as props, so
 * that no catalogue is sent to the browser.
 */
export function redirectText(locale: string): RedirectText {
  const t = translator(locale);
  return {
    pending: t("redirect.pending"),
    timeout: t("redirect.timeout"),
    offline: t("redirect.offline"),
    sessionEnded: t("redirect.session_ended"),
    signIn: t("redirect.sign_in"),
    forbidden: t("redirect.forbidden"),
    outdated: t("redirect.outdated"),
    // The placeholders are filled in by the browser.
    busy: t("redirect.busy", { seconds: "{seconds}" }),
    failed: t("redirect.failed"),
    requestId: t("error.request_id", { id: "{id}" }),
  };
}
