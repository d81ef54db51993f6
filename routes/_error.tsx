import { page } from "fresh";
import {
  type ErrorWords,
  wordsFor,
} from "@/components/layout/error_messages.ts";
import { Page } from "@/components/layout/Page.tsx";
import { MessagePage, Ways } from "@/components/layout/MessagePage.tsx";
import { scriptlessPolicy, securityHeaders } from "@/lib/app.ts";
import { limitHeaders } from "@/lib/http/authenticate_request.ts";
import {
  errorFormatOf,
  logFailure,
  toHttpFailure,
} from "@/lib/http/error_responses.ts";
import { signInUrlFor } from "@/lib/auth/sign_in.ts";
import { define } from "@/lib/state.ts";

interface ErrorPage {
  status: number;
  words: ErrorWords;
  /** What an operator finds it by; null where nobody has to look. */
  requestId: string | null;
}

/** A function for all methods: by method, a failed POST would become a 404. */
export const handler = define.handlers((ctx) => {
  const { req, url, error, state: { services, requestId } } = ctx;
  logFailure(services.log, error, {
    requestId,
    method: req.method,
    path: url.pathname,
  });
  const failure = toHttpFailure(error, errorFormatOf(url.pathname));
  const words = wordsFor(error, failure, {
    signInUrl: signInUrlFor(services.config, "/organization") ??
      "/organization#/plans",
    retryUrl: req.method === "GET" ? `${url.pathname}${url.search}` : null,
  });
  const { status } = failure;
  const data: ErrorPage = {
    status,
    words,
    requestId: status >= 500 ? requestId : null,
  };
  // Fresh renders this page outside of the app's own middlewares.
  const headers = {
    ...securityHeaders(services),
    ...(ctx.config.mode === "production" && {
      "Content-Security-Policy": scriptlessPolicy(services),
    }),
    ...failure.headers,
    ...limitHeaders(ctx),
    "Cache-Control": "no-store",
    "X-Request-Id": requestId,
  };
  return page(data, { status, headers });
});

export default define.page<typeof handler>(({ data, state: { services } }) => {
  const { status, words, requestId } = data;
  return (
    <Page title={words.heading} services={services}>
      <MessagePage eyebrow={`Error ${status}`} heading={words.heading}>
        <p class="lead">{words.text}</p>
        <Ways ways={words.ways} />
        {requestId && (
          <p class="note">
            Request <code>{requestId}</code>
          </p>
        )}
      </MessagePage>
    </Page>
  );
});
