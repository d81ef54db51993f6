import { useEffect, useRef, useState } from "preact/hooks";

/** An error message, with an optional link to resolve it. */
export interface RedirectFailure {
  message: string;
  link?: { href: string; label: string };
}

/** Messages in the page's language. */
export interface RedirectText {
  pending: string;
  timeout: string;
  offline: string;
  sessionEnded: string;
  signIn: string;
  forbidden: string;
  outdated: string;
  /** Contains `{seconds}`. */
  busy: string;
  failed: string;
  /** Contains `{id}`. */
  requestId: string;
}

/** The endpoint that returns the Stripe page's URL. */
interface StripeEndpoint {
  /** Answers a POST with `{"url"}`. */
  path: string;
  headers?: Record<string, string>;
  /** Shown for a 400, which a retry can't fix. */
  badRequest: RedirectFailure;
  signInHref: string;
  text: RedirectText;
}

/** Longer than Stripe takes even when it is slow. */
const TIMEOUT_MS = 15_000;

/**
 * Requests the URL of a Stripe page and navigates to it, with pending and
 * failure states. Further clicks are ignored while a request is pending.
 */
export function useStripeRedirect(endpoint: StripeEndpoint) {
  const [pending, setPending] = useState<string | null>(null);
  const [failure, setFailure] = useState<RedirectFailure | null>(null);
  // State updates too late to ignore the second click of a double click.
  const requesting = useRef(false);

  function settle(result: RedirectFailure | null) {
    requesting.current = false;
    setPending(null);
    setFailure(result);
  }

  useEffect(() => {
    const reset = (event: PageTransitionEvent) => {
      if (event.persisted) settle(null); // restored by the Back button
    };
    addEventListener("pageshow", reset);
    return () => removeEventListener("pageshow", reset);
  }, []);

  /** @param name Identifies the clicked button in `pending`. */
  async function redirect(body: Record<string, string>, name = "") {
    if (requesting.current) return;
    requesting.current = true;
    setPending(name);
    setFailure(null);
    const result = await requestUrl(endpoint, body);
    if (typeof result !== "string") return settle(result);
    location.href = result;
    // Stays pending until the page unloads, unless the navigation is stopped.
    setTimeout(() => settle(null), TIMEOUT_MS);
  }

  return { pending, failure, redirect };
}

async function requestUrl(
  endpoint: StripeEndpoint,
  body: Record<string, string>,
): Promise<string | RedirectFailure> {
  try {
    const response = await fetch(endpoint.path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...endpoint.headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { url } = response.ok ? await response.json() : { url: null };
    return typeof url === "string" ? url : failureFor(response, endpoint);
  } catch (error) {
    const timedOut = error instanceof DOMException &&
      error.name === "TimeoutError";
    return {
      message: timedOut ? endpoint.text.timeout : endpoint.text.offline,
    };
  }
}

function failureFor(
  { status, headers }: Response,
  { text, signInHref, badRequest }: StripeEndpoint,
): RedirectFailure {
  if (status === 401) {
    return {
      message: `${text.sessionEnded} `,
      link: { href: signInHref, label: text.signIn },
    };
  }
  if (status === 403) return { message: text.forbidden };
  if (status === 400) return badRequest;
  const seconds = headers.get("Retry-After");
  if ((status === 429 || status === 503) && seconds !== null) {
    return { message: text.busy.replace("{seconds}", seconds) };
  }
  const id = headers.get("X-Request-Id");
  const message = status === 409 ? text.outdated : text.failed;
  return {
    message: id === null
      ? message
      : `${message} ${text.requestId.replace("{id}", id)}`,
  };
}
