import { PLANS_HREF } from "@/components/layout/hrefs.ts";
import { page } from "fresh";
import {
  type ErrorMessage,
  errorMessageFor,
} from "@/components/layout/error_messages.ts";
import { Page } from "@/components/layout/Page.tsx";
import { LinkActions, MessagePage } from "@/components/layout/MessagePage.tsx";
import { isStripeUnreachable } from "@/lib/billing/stripe_client.ts";
import { BillingError } from "@/lib/errors.ts";
import { LOCALE_VARY, scriptlessPolicy, securityHeaders } from "@/lib/app.ts";
import {
  errorFormatOf,
  logFailure,
  toHttpFailure,
} from "@/lib/http/error_responses.ts";
import { rateLimitHeaders, splitRateLimit } from "@/lib/http/rate_limit.ts";
import { readLocale } from "@/lib/pages/locale.ts";
import { translator } from "@/lib/pages/translate.ts";
import { signInUrlFor } from "@/lib/auth/sign_in.ts";
import { define } from "@/lib/state.ts";

interface ErrorPage {
  status: number;
  locale: string;
  message: ErrorMessage;
  /** Identifies the failure in the log; null for client errors. */
  requestId: string | null;
}

/** One function for all methods: by method, a failed POST would be a 404. */
export const handler = define.handlers((ctx) => {
  const { req, url, state: { services, requestId } } = ctx;
  const { error: thrown, rateLimit } = splitRateLimit(ctx.error);
  const error = isStripeUnreachable(thrown) ? toUnavailable(thrown) : thrown;
  logFailure(services.log, error, {
    requestId,
    method: req.method,
    path: url.pathname,
  });
  const failure = toHttpFailure(error, errorFormatOf(url.pathname));
  const locale = readLocale(req.headers);
  const message = errorMessageFor(error, failure, {
    t: translator(locale),
    signInUrl: signInUrlFor(services.config, "/organization") ??
      PLANS_HREF,
    retryUrl: req.method === "GET" ? `${url.pathname}${url.search}` : null,
  });
  const { status } = failure;
  const data: ErrorPage = {
    status,
    locale,
    message,
    requestId: status >= 500 ? requestId : null,
  };
  // Fresh renders this page without the app's middleware.
  const headers = {
    ...securityHeaders(services),
    ...(ctx.config.mode === "production" && {
      "Content-Security-Policy": scriptlessPolicy(services),
    }),
    ...failure.headers,
    ...rateLimitHeaders(rateLimit, services.now()),
    "Cache-Control": "no-store",
    "Vary": LOCALE_VARY,
    "X-Request-Id": requestId,
  };
  return page(data, { status, headers });
});

/** A page offers to try again. The API documents a 500 for failed Stripe calls. */
function toUnavailable(cause: unknown): BillingError {
  return new BillingError("unavailable", "Stripe cannot be reached", {
    retryAfterSec: 5,
    reason: "stripe_unreachable",
    cause,
  });
}

export default define.page<typeof handler>(({ data, state: { services } }) => {
  const { status, locale, message, requestId } = data;
  const t = translator(locale);
  return (
    <Page title={message.heading} services={services} locale={locale}>
      <MessagePage
        eyebrow={t("error.eyebrow", { status: String(status) })}
        heading={message.heading}
      >
        <p class="lead">{message.text}</p>
        {message.details && (
          <p class="note">
            {t.rich("error.details", {
              message: <span lang="en">{message.details}</span>,
            })}
          </p>
        )}
        <LinkActions actions={message.actions} />
        {requestId && (
          <p class="note">
            {t.rich("error.request_id", { id: <code>{requestId}</code> })}
          </p>
        )}
      </MessagePage>
    </Page>
  );
});
