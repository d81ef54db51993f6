import { useEffect, useRef, useState } from "preact/hooks";

/** What went wrong, in words, and where it goes on. */
export interface HttpFailure {
  words: string;
  way?: { href: string; label: string };
}

/** Where an address of Stripe's is asked for. */
export interface StripeEndpoint {
  /** Answers a POST with `{"url"}`. */
  path: string;
  /** What is told for a 400, where sending it again helps nobody. */
  refused: HttpFailure;
  signInHref: string;
}

/** Longer than Stripe takes on a bad day. */
const PATIENCE_MS = 15_000;

/**
 * Leads to a page of Stripe's whose address is asked for first, so that
 * waiting shows and a failure is told in place. One at a time, however often
 * it is clicked; fresh again when Back brings the page back.
 */
export function useStripeVisit(door: StripeEndpoint) {
  const [pending, setPending] = useState<string | null>(null);
  const [failure, setFailure] = useState<HttpFailure | null>(null);
  const asking = useRef(false); // at once, unlike state: a double click

  function settle(result: HttpFailure | null) {
    asking.current = false;
    setPending(null);
    setFailure(result);
  }

  useEffect(() => {
    const restore = (event: PageTransitionEvent) => {
      if (event.persisted) settle(null); // Back, from the browser's cache
    };
    addEventListener("pageshow", restore);
    return () => removeEventListener("pageshow", restore);
  }, []);

  /** @param name Tells the buttons of an island apart. */
  async function visit(body: Record<string, string>, name = "") {
    if (asking.current) return;
    asking.current = true;
    setPending(name);
    setFailure(null);
    const answer = await askForUrl(door, body);
    if (typeof answer !== "string") return settle(answer);
    location.href = answer;
    // Stays pending, as the page is about to be left; unless that is stopped.
    setTimeout(() => settle(null), PATIENCE_MS);
  }

  return { pending, failure, visit };
}

/** The address, or why there is none. */
async function askForUrl(
  door: StripeEndpoint,
  body: Record<string, string>,
): Promise<string | HttpFailure> {
  try {
    const response = await fetch(door.path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const { url } = response.ok ? await response.json() : { url: null };
    return typeof url === "string" ? url : explain(response, door);
  } catch (error) {
    const late = error instanceof DOMException && error.name === "TimeoutError";
    return {
      words: late
        ? "Stripe takes too long to answer. Try again in a moment."
        : "The server could not be reached. Check your connection, then try again.",
    };
  }
}

function explain(
  { status, headers }: Response,
  door: StripeEndpoint,
): HttpFailure {
  if (status === 401) {
    return {
      words: "Your session has ended. ",
      way: { href: door.signInHref, label: "Sign in again" },
    };
  }
  if (status === 403) {
    return { words: "Your role may not manage billing. Ask an admin." };
  }
  if (status === 400) return door.refused;
  if (status === 429 || status === 503) {
    const seconds = headers.get("Retry-After") ?? "a few";
    return { words: `Too busy right now. Try again in ${seconds} seconds.` };
  }
  return {
    words: "Stripe could not be opened. Try again; if it stays, report " +
      (headers.get("X-Request-Id") ?? "it."),
  };
}
